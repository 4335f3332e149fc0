import { domainToASCII, domainToUnicode } from "node:url";

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

/**
 * What a person typed as an address a mail server takes: a domain with letters outside ASCII becomes its
 * A-labels (`ada@müller.example` is `ada@xn--mller-kva.example`, RFC 5891). Null where it is no address.
 */
export function toMailAddress(typed: string): string | null {
  const at = typed.lastIndexOf("@");
  const domain = typed.slice(at + 1);
  // An ASCII domain is left as it is: the converter is that of web addresses and would read 0x7f.1 as a number.
  const isAscii = /^\p{ASCII}*$/u.test(domain);
  const address = isAscii ? typed : `${typed.slice(0, at + 1)}${domainToASCII(domain)}`;
  return isMailAddress(address) ? address : null;
}

/** The address as people write it, with the letters that A-labels stand for. */
export function readableMailAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  return /(?:^|\.)xn--/i.test(domain) ? `${address.slice(0, at + 1)}${domainToUnicode(domain)}` : address;
}
