/**
 * LinkedIn's "little text". Each reserved character needs a backslash even where it stands for nothing, or
 * the platform drops the rest of the text without a word; a hashtag is written as a template, so that it
 * stays one. Source: learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
 */
const reserved = /[|{}@[\]()<>#\\*_~]/g;

/** A hashtag as LinkedIn links it: after a gap, letters and digits, at least one letter. */
const hashtag = /(?<![\p{L}\p{N}\p{M}_#&/])#(?=[\p{N}]*\p{L})([\p{L}\p{N}]+)(?![\p{L}\p{N}\p{M}_#])/gu;

/** A text as a commentary that shows exactly this text, its hashtags linked. */
export function littleText(text: string): string {
  let written = "";
  let end = 0;
  for (const match of text.matchAll(hashtag)) {
    written += `${escaped(text.slice(end, match.index))}{hashtag|#|${match[1] ?? ""}}`;
    end = match.index + match[0].length;
  }
  return written + escaped(text.slice(end));
}

function escaped(text: string): string {
  return text.replace(reserved, "\\$&");
}

const element =
  /\\(?<plain>[|{}@[\]()<>#\\*_~])|\{hashtag\|\\?(?<sign>[#＃])\|(?<tag>(?:\\.|[^\\{}|])*)\}|@\[(?<name>(?:\\.|[^\\[\]])*)\]\([^()]*\)/gsu;

/** What a commentary shows, as far as it can be told; for comparing what was sent with what is listed. */
export function plainText(commentary: string): string {
  return commentary.replace(element, (...match: unknown[]) => {
    const groups = match.at(-1) as { plain?: string; sign?: string; tag?: string; name?: string };
    if (groups.plain !== undefined) return groups.plain;
    if (groups.tag !== undefined) return `${groups.sign ?? "#"}${plainText(groups.tag)}`;
    return plainText(groups.name ?? "");
  });
}
