/** Leaves room for a number within the 100 characters of an address. */
const longest = 80;

/**
 * The last part of a page's address: the letters and digits of a title in any script, in small letters, joined by
 * hyphens (an IRI, RFC 3987). "Größe: 10 m!" becomes "größe-10-m"; a title without either becomes "entry".
 */
export function slugOf(title: string): string {
  const joined = title
    .slice(0, 4 * longest)
    .toWellFormed()
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    // Marks without their letter.
    .replace(/^[\p{M}-]+/u, "");
  const cut = Array.from(joined).slice(0, longest).join("").replace(/-$/, "");
  return cut === "" ? "entry" : cut;
}

/** Whether an address that a person chose can be one as it stands: what a title could have become, up to 100 characters. */
export function isSlug(text: string): boolean {
  if (text.length > 100) return false;
  const plain = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*$/u.test(text) && !text.endsWith("-");
  return plain && text === text.normalize("NFKC").toLowerCase().normalize("NFC");
}
