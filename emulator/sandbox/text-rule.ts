import tlds from "tlds" with { type: "json" };

/**
 * The sandbox refuses what X would refuse: 280 weighted characters, where an address counts 23, an emoji 2,
 * and a code point 1 or 2 by range. Written apart from Galley's own counter, so that each checks the other.
 */
const light: [number, number][] = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
];
const topLevel = new Set(tlds);
const address =
  /(?:https?:\/\/)?(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+([\p{L}]{2,})(?::\d+)?(?:[/?#][^\s]*)?/giu;
const emoji = /\p{RGI_Emoji}/gv;

export const maximumWeight = 280;

/** Where the text holds addresses, in UTF-16 units, the end exclusive. */
export function addressesIn(text: string): { start: number; end: number; address: string }[] {
  return [...text.matchAll(address)]
    .filter((match) => isAddress(text, match.index, match[1] ?? ""))
    .map((match) => ({ start: match.index, end: match.index + match[0].length, address: match[0] }));
}

function isAddress(text: string, at: number, topLevelDomain: string): boolean {
  const before = at === 0 ? "" : (text[at - 1] ?? "");
  return topLevel.has(topLevelDomain.toLowerCase()) && !/[\w@#$.\-/]/.test(before);
}

export function textWeight(text: string): number {
  // Nothing that long can fit, and looking for addresses in it would take long.
  if (text.length > 10_000) return text.length;
  let weight = 0;
  let rest = text
    .normalize("NFC")
    .replace(address, (found: string, last: string, at: number, whole: string) => {
      if (!isAddress(whole, at, last)) return found;
      weight += 23;
      return "";
    });
  rest = rest.replace(emoji, () => {
    weight += 2;
    return "";
  });
  for (const character of rest) {
    const point = character.codePointAt(0) ?? 0;
    weight += light.some(([from, to]) => point >= from && point <= to) ? 1 : 2;
  }
  return weight;
}
