/**
 * LinkedIn's "little text": what a commentary says once it is read. `\` escapes a reserved character;
 * `#word`, `{hashtag|#|word}` and `@[Name](urn)` are elements. Where the grammar breaks, the platform says
 * nothing and shows the text up to there.
 * Source: learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
 */
export function shownText(commentary: string): string {
  let shown = "";
  let at = 0;
  while (at < commentary.length) {
    const element = elementAt(commentary, at);
    if (element === null) return shown;
    shown += element.text;
    at = element.end;
  }
  return shown;
}

const reserved = new Set("|{}@[]()<>#\\*_~");
const hashtagTemplate = /\{hashtag\|\\?([#＃])\|((?:[^|{}@[\]()<>#\\*_~]|\\.)+)\}/suy;
const hashtag = /[#＃][\p{L}\p{N}]+/uy;
const mention = /@(?:\[((?:[^|{}@[\]()<>#\\*_~]|\\.)*)\])?\((urn:li:(?:person|organization):[\w-]+)\)/suy;

function elementAt(commentary: string, at: number): { text: string; end: number } | null {
  const character = commentary[at] ?? "";
  if (character === "\\") {
    const escaped = commentary[at + 1] ?? "";
    return reserved.has(escaped) ? { text: escaped, end: at + 2 } : null;
  }
  if (!reserved.has(character)) return { text: character, end: at + 1 };
  const template = matchAt(hashtagTemplate, commentary, at);
  if (template)
    return { text: `${template[1] ?? ""}${unescaped(template[2] ?? "")}`, end: at + template[0].length };
  const tag = matchAt(hashtag, commentary, at);
  if (tag) return { text: tag[0], end: at + tag[0].length };
  const named = matchAt(mention, commentary, at);
  if (named) return { text: unescaped(named[1] ?? named[2] ?? ""), end: at + named[0].length };
  return null;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** A plain text as little text that says just that. */
export function littleText(plain: string): string {
  return Array.from(plain, (character) => (reserved.has(character) ? `\\${character}` : character)).join("");
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gsu, "$1");
}
