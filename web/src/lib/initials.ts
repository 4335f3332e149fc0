/** One letter or digit that nothing joins. */
const plainLetter = /^[\p{L}\p{N}](?![\p{M}\p{Cf}])/u;

/** What a reader takes for one letter, also where it is made of several code points. */
function firstLetter(word: string): string {
  const composed = word.normalize("NFC");
  // Browsers take a tenth of a second to make their first segmenter, which most names don't need.
  const [plain] = plainLetter.exec(composed) ?? [];
  if (plain) return plain;
  const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const { segment } of letters.segment(composed)) return segment;
  return "";
}

/** One or two letters for a name: of its first word and of its last. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return chosen
    .map((word) => firstLetter(word ?? ""))
    .join("")
    .toUpperCase();
}
