import { rightToLeftLetter } from "./direction.ts";

/** A character that a reader cannot see, by its place (UTF-16 units). */
export type Invisible = { index: number; codePoint: number };

// What Unicode says is not shown where it is not supported, control characters but tab and line ends, code points that
// are no characters, and what is shown as nothing: line separators, annotation marks, the empty Braille cell, the null
// notehead.
const unseen =
  /[[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\ufff9-\ufffc\u2800\u{1d159}]--[\t\n\r]]/v;
// measured: test/texts/text-growth.test.ts
const allUnseen = new RegExp(unseen, "gv");

// Scripts whose letters join, and those that write conjuncts: there a joiner changes how a word looks.
const joining =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Adlam}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const pictographic = /\p{Extended_Pictographic}/u;
const endsPictograph = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]/u;

/**
 * Characters that a reader cannot see but that change what is sent; the approval page marks each. Those that a script
 * or an emoji needs are not among them: joiners within words and emoji, a variation selector behind its base, the tags of
 * a flag, and direction marks of a text that runs from the right, as long as each that opens is closed in its line.
 * Looks no further than the first `most` of them.
 */
export function suspiciousCharacters(text: string, most = Number.POSITIVE_INFINITY): Invisible[] {
  if (!unseen.test(text)) return [];
  const characters = Array.from(text);
  const isRightToLeft = rightToLeftLetter.test(text);
  const directions = openDirections();
  const found: Invisible[] = [];
  let index = 0;
  let tagsUntil = 0;
  for (const [position, character] of characters.entries()) {
    if (found.length >= most) break;
    const codePoint = character.codePointAt(0) ?? 0;
    const here = { index, codePoint };
    index += character.length;
    if (character === "\u{1f3f4}") tagsUntil = position + flagLength(characters, position);
    if (character === "\n") found.push(...directions.endLine());
    if (!unseen.test(character) || position < tagsUntil) continue;
    if (isRightToLeft && isMark(codePoint)) continue;
    if (isRightToLeft && isPair(codePoint)) found.push(...directions.read(here));
    else if (!isNeeded(codePoint, characters[position - 1] ?? "", characters[position + 1] ?? ""))
      found.push(here);
  }
  found.push(...directions.endLine());
  return found.sort((left, right) => left.index - right.index);
}

/**
 * The text without such characters, a space where one of them parted words: for what was fetched and drafted, and for
 * words of platforms and servers. Text that a person typed is never repaired like this, but refused or marked.
 */
export function withoutSuspicious(text: string): string {
  return instead(text, (character) => (parting.test(character) ? " " : ""));
}

/** Somebody else's words as one line that shows what it holds. */
export function oneLine(text: string): string {
  return withoutSuspicious(text).replaceAll(/\s+/gu, " ").trim();
}

/** A text with the names of such characters in their places, as `<U+202E>`: for a terminal, which would obey them. */
export function markInvisible(text: string): string {
  return instead(text.replaceAll(/\r\n?/g, "\n"), nameOf);
}

/** The same JSON with what nobody sees written out, as `\u009b`: for logs and terminals, which would obey it. */
export function plainJson(json: string): string {
  return json.replaceAll(allUnseen, (character) =>
    Array.from({ length: character.length }, (_, at) => escapeOf(character.charCodeAt(at))).join(""),
  );
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function nameOf(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

function instead(given: string, words: (character: string) => string): string {
  const text = given.toWellFormed();
  let [changed, from] = ["", 0];
  for (const { index, codePoint } of suspiciousCharacters(text)) {
    const character = String.fromCodePoint(codePoint);
    changed += text.slice(from, index) + words(character);
    from = index + character.length;
  }
  return changed + text.slice(from);
}

const parting = /[\v\f\x85\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/u;

/** How many characters a flag of a region is; 1 where the black flag stands for itself. Unicode knows three (UTS 51). */
function flagLength(characters: string[], position: number): number {
  const flag = characters.slice(position, position + 7).join("");
  return /^\p{RGI_Emoji_Tag_Sequence}$/v.test(flag) ? 7 : 1;
}

function isNeeded(codePoint: number, before: string, after: string): boolean {
  if (codePoint === 0x200d && endsPictograph.test(before) && pictographic.test(after)) return true;
  if (codePoint === 0x200c || codePoint === 0x200d) return joining.test(before);
  if (codePoint === 0xfe0e || codePoint === 0xfe0f) return /\p{Emoji}/u.test(before);
  const isSelector =
    (codePoint >= 0xfe00 && codePoint <= 0xfe0d) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
  if (isSelector) return /[\p{Script=Han}\p{Sm}]/u.test(before);
  const isMongolian = codePoint >= 0x180b && codePoint <= 0x180f && codePoint !== 0x180e;
  return isMongolian && /\p{Script=Mongolian}/u.test(before);
}

/** LRM, RLM, ALM: they turn nothing around but what has no direction. */
function isMark(codePoint: number): boolean {
  return codePoint === 0x200e || codePoint === 0x200f || codePoint === 0x61c;
}

/** Embeddings and isolates with their ends. An override shows letters in another order than they are in: never needed. */
function isPair(codePoint: number): boolean {
  return (codePoint >= 0x202a && codePoint <= 0x202c) || (codePoint >= 0x2066 && codePoint <= 0x2069);
}

/** Matches what opens with what closes within a line (UAX 9, BD9 and BD11); gives back what stays alone. */
function openDirections() {
  let open: Invisible[] = [];
  return {
    read(here: Invisible): Invisible[] {
      const closes = here.codePoint === 0x202c || here.codePoint === 0x2069;
      if (!closes) {
        open.push(here);
        return [];
      }
      const isIsolate = here.codePoint === 0x2069;
      const last = open.at(-1);
      if (last === undefined || last.codePoint >= 0x2066 !== isIsolate) return [here];
      open.pop();
      return [];
    },
    endLine(): Invisible[] {
      const alone = open;
      open = [];
      return alone;
    },
  };
}
