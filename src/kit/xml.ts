// Extensible Markup Language (XML) 1.0, production 2, `Char`: tab, line feed, carriage return, and from the space on
// everything but surrogates, U+FFFE and U+FFFF.
// oxlint-disable-next-line no-control-regex -- those are what is looked for
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;
// measured: test/texts/text-growth.test.ts
const allForbidden = new RegExp(forbidden, "gu");

/** A text of characters that XML and HTML can carry, those left out that they cannot: for writers, as their last step. */
export function xmlCharacters(text: string): string {
  return text.replaceAll(allForbidden, "");
}

/** Where the first character stands that XML cannot carry (UTF-16 units); -1 where there is none. */
export function firstForbidden(text: string): number {
  return text.search(forbidden);
}
