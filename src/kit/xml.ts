// Extensible Markup Language (XML) 1.0, production 2, `Char`: tab, line feed, carriage return, and from the space on
// everything but surrogates, U+FFFE and U+FFFF.
// oxlint-disable-next-line no-control-regex -- those are what is looked for
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

/** A text of characters that XML can carry, those left out that it cannot: for writers of XML, as their last step. */
export function xmlCharacters(text: string): string {
  return text.replaceAll(forbidden, "");
}
