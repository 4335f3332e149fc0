import { addressParser } from "postal-mime";
import { toMailAddress } from "#kit";

/** Addresses, and the first piece of the text that is none. */
export type ReadRecipients = { addresses: string[]; wrong: string | null };

/**
 * The addresses of a list as people paste it from a mail program: separated by line breaks, semicolons, commas
 * or spaces, with names or without (`Ada <ada@example.com>; "Doe, Jane" <jane@example.com>`), and the name with
 * a comma outside quotation marks that Outlook writes (`Doe, Jane <jane@example.com>`). Names are dropped, each
 * address stands once; nothing of the text is left out without a word.
 */
export function readRecipients(text: string): ReadRecipients {
  const addresses = new Map<string, string>();
  for (const typed of piecesOf(text).flatMap(typedAddresses)) {
    const address = toMailAddress(typed);
    if (address === null) return { addresses: [], wrong: typed };
    addresses.set(address.toLowerCase(), addresses.get(address.toLowerCase()) ?? address);
  }
  return { addresses: [...addresses.values()], wrong: null };
}

/** Cut at semicolons and line breaks and behind each `>`, but not inside quotation marks of one line. */
function piecesOf(text: string): string[] {
  return text.split(/[\r\n]/u).flatMap((line) => {
    const pieces = [""];
    let isQuoted = false;
    for (const character of line) {
      if (character === '"') isQuoted = !isQuoted;
      const cuts = !isQuoted && (character === ";" || character === ">");
      if (!cuts || character === ">") pieces[pieces.length - 1] += character;
      if (cuts) pieces.push("");
    }
    return pieces.filter((piece) => piece.trim() !== "");
  });
}

function typedAddresses(piece: string): string[] {
  if (!piece.includes("<")) return piece.split(/[\s,]+/u).flatMap((word) => bare(word) || []);
  const entries = addressParser(piece, { flatten: true });
  return entries.flatMap(({ address, name }, index) => {
    if (address) return bare(address);
    // The first half of a name that has a comma in it, if what follows has the other half.
    const next = entries[index + 1];
    return index === 0 && next?.address && next.name ? [] : name;
  });
}

/** No address is longer (RFC 5321); what is has its end looked for by no pattern. */
const longest = 320;

/** Without `mailto:` and the invisible marks that come along with what is copied. */
function bare(word: string): string {
  if (word.length > longest) return word;
  return (
    word
      // short text: an address, see `longest`
      .replaceAll(/^\p{Default_Ignorable_Code_Point}+|\p{Default_Ignorable_Code_Point}+$/gu, "")
      .replace(/^mailto:/iu, "")
      .trim()
  );
}
