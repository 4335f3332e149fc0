// RFC 5321 section 4.1.2, without quoted local parts, comments, address literals and non-ASCII local parts:
// those are legal, nobody has them, and parsers have disagreed about them to the harm of their users.
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * True for a plain mail address: `local@domain.tld`, ASCII, at most 254 characters. Nothing else may
 * reach a mail server: no display names, no white space, no line breaks.
 */
export function isMailAddress(text: string): boolean {
  if (text.length > 254) return false;
  const [local, domain, ...rest] = text.split("@");
  if (local === undefined || domain === undefined || rest.length > 0) return false;
  const labels = domain.split(".");
  return (
    local.length <= 64 &&
    localPart.test(local) &&
    labels.length >= 2 &&
    labels.every((part) => label.test(part))
  );
}
