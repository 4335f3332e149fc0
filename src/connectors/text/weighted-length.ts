import { graphemes } from "./graphemes.ts";
import { findUrls } from "./urls.ts";

/**
 * The length of a text as X counts it: the rule of twitter-text 3 (configuration version 3) over
 * today's emoji. Latin and its neighbours count 1, everything else 2; an emoji counts 2 however many
 * code points it has; an address counts 23 however long it is. 280 fit.
 *
 * Of a text beyond `longestParsed` UTF-16 units, which could never fit, it is the number of units.
 *
 * `rule` is X's of today unless one of its earlier configurations is asked for.
 */
export function weightedLength(text: string, rule: WeightRule = today): number {
  const normal = text.normalize("NFC");
  if (normal.length > longestParsed) return normal.length;
  const urls = findUrls(normal);
  let length = 0;
  let position = 0;
  for (const url of urls) {
    length += plainLength(normal.slice(position, url.start), rule) + urlLength;
    position = url.end;
  }
  return length + plainLength(normal.slice(position), rule);
}

/** Whether X takes the characters at all: it refuses byte order marks and two code points that are none. */
export function hasForbiddenCharacter(text: string): boolean {
  return /[\ufffe\ufeff\uffff]/.test(text);
}

/** `wide`: what a code point beyond Latin counts. `emoji`: whether one emoji of several code points counts as one. */
export type WeightRule = { wide: 1 | 2; emoji: boolean };

const today: WeightRule = { wide: 2, emoji: true };

export const maximumWeightedLength = 280;

const urlLength = 23;
const emojiLength = 2;
const longestParsed = 15_000;

// Code points that count 1, from the configuration of twitter-text; all others count 2.
const single = /\p{ASCII}|[\u{80}-\u{10ff}\u{2000}-\u{200d}\u{2010}-\u{201f}\u{2032}-\u{2037}]/u;
const ascii = /^[\x20-\x7e\n]*$/;
const rgiEmoji = /^\p{RGI_Emoji}$/v;
const textPresentation = /(?!\p{Emoji_Presentation})\p{Emoji}/u;

function plainLength(text: string, { wide, emoji }: WeightRule): number {
  if (ascii.test(text)) return text.length;
  let length = 0;
  for (const { segment } of graphemes(text)) {
    if (emoji && isEmoji(segment)) length += emojiLength;
    else for (const character of segment) length += single.test(character) ? 1 : wide;
  }
  return length;
}

// Keyboards often leave out the variation selector of a sequence ("1⃣"); X counts those as emoji too.
// A lone © without it is text.
function isEmoji(segment: string): boolean {
  if (rgiEmoji.test(segment)) return true;
  const points = Array.from(segment).filter((character) => character !== "\ufe0f");
  const bare = points.join("");
  if (rgiEmoji.test(bare) || newerEmoji.test(bare)) return true;
  if (points.length < 2) return false;
  const qualified = points
    .map((character, index) => {
      const needsSelector = textPresentation.test(character) && !isSkinTone(character);
      // A skin tone stands in the place of the selector.
      return needsSelector && !isSkinTone(points[index + 1] ?? "") ? `${character}\ufe0f` : character;
    })
    .join("");
  return rgiEmoji.test(qualified);
}

// What Unicode has added since this Node was built: code points kept free for pictures, with a skin tone.
const newerEmoji = /^(?=\p{Cn})\p{Extended_Pictographic}\p{Emoji_Modifier}$/u;

function isSkinTone(character: string): boolean {
  return /^\p{Emoji_Modifier}$/u.test(character);
}
