import { cyrillic } from "./characters.ts";

// RFC 3986 as twitter-text 3 (Apache-2.0) reads it in `isValidUrl`: with Cyrillic in paths, and beyond ASCII
// every letter in names.
const unreserved = `a-z0-9${cyrillic}\\-._~`;
const delimiters = "!$&'()*+,;=";
const encoded = "%[0-9a-f]{2}";
const pathCharacter = `(?:[${unreserved}${delimiters}:|@]|${encoded})`;
const tail = `(?:${pathCharacter}|[/?])*`;

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const ipAddress = `(?:${octet}(?:\\.${octet}){3}|\\[[a-f0-9:.]+\\])`;
const letter = "a-z\\x80-\\uffff";
const subdomain = `[${letter}0-9](?:[${letter}0-9_-]*[${letter}0-9])?`;
const domainName = `[${letter}0-9](?:[${letter}0-9-]*[${letter}0-9])?`;
const topLevel = `[${letter}](?:[${letter}0-9-]*[${letter}0-9])?`;
const host = `(?:${ipAddress}|(?:${subdomain}\\.)*${domainName}\\.${topLevel})`;
const user = `(?:[${unreserved}${delimiters}:]|${encoded})*@`;
const rest = `${host}(?::[0-9]{1,5})?(?:/${pathCharacter}*)*(?:\\?${tail})?(?:#${tail})?`;

// measured: test/texts/text-growth.test.ts
const withProtocol = new RegExp(`^https?://(?:${user})?${rest}$`, "i");
// With a user before it, it is a mail address.
// measured: test/texts/text-growth.test.ts
const bare = new RegExp(`^${rest}$`, "i");

/** Whether a text is an address of the web and nothing else; `optional` takes `example.com/news` too. */
export function isValidUrl(text: string, protocol: "required" | "optional"): boolean {
  return withProtocol.test(text) || (protocol === "optional" && bare.test(text));
}
