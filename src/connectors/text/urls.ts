import tlds from "tlds" with { type: "json" };
import { accents, cyrillic, directional, invalid, punctuation, spaces } from "./characters.ts";

/**
 * Finds addresses as X does, so that counting agrees with it: with or without a protocol, and only under
 * a top-level domain that exists. The grammar is that of twitter-text 3 (Apache-2.0), `extractUrlsWithIndices`.
 */
export type FoundUrl = { start: number; end: number; url: string };

const domainCharacter = `[^${punctuation}${spaces}${invalid}${directional}]`;
// X sets no bounds here, which takes quadratic time; a label of more than 63 characters is refused below anyway.
const subdomain = `(?:(?:${domainCharacter}(?:[_-]|${domainCharacter}){0,80})?${domainCharacter}\\.)`;
const domainName = `(?:(?:${domainCharacter}(?:-|${domainCharacter}){0,80})?${domainCharacter}\\.)`;
const longestFirst = [...tlds].sort((left, right) => right.length - left.length).join("|");
const topLevel = `(?:(?:${longestFirst})(?=[^0-9a-zA-Z@+-]|$)|xn--[-0-9a-z]+)`;
const domain = `(?:${subdomain}{0,20}${domainName}${topLevel})`;

const pathCharacter = `[a-z${cyrillic}0-9!*';:=+,.$/%#\\[\\]\\-\\u2013_~@|&${accents}]`;
const parentheses = `\\((?:${pathCharacter}+|(?:${pathCharacter}*\\(${pathCharacter}+\\)${pathCharacter}*))\\)`;
const pathEnd = `(?:[+\\-a-z${cyrillic}0-9=_#/${accents}]|(?:${parentheses}))`;
const path = `(?:(?:${pathCharacter}*(?:${parentheses}${pathCharacter}*)*${pathEnd})|(?:@${pathCharacter}+/))`;
const query = "\\?[a-z0-9!?*'@();:&=+$/%#\\[\\]\\-_.,~|]*[a-z0-9\\-_&=#/]";
const before = `(?:[^A-Za-z0-9@＠$#＃${invalid}]|[${directional}]|^)`;

// measured: test/texts/text-growth.test.ts
const candidate = new RegExp(
  `(?<before>${before})(?<url>(?<protocol>https?://)?(?<domain>${domain})(?::[0-9]+)?(?<path>/${path}*)?(?:${query})?)`,
  "gi",
);
// measured: test/texts/text-growth.test.ts
const bareDomain = new RegExp(`(?:[\\-a-z0-9${accents}]+\\.)+${topLevel}`, "gi");
const shortened = /^https?:\/\/t\.co\/([a-z0-9]+)(?:\?[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]*[a-z0-9\-_&=#/])?/i;

const longestUrl = 4096;

export function findUrls(text: string): FoundUrl[] {
  // No address has fewer.
  if (!text.includes(".")) return [];
  const found: FoundUrl[] = [];
  for (const match of matches(candidate, text)) {
    const groups = match.groups ?? {};
    const url = groups["url"] ?? "";
    const start = match.index + (groups["before"]?.length ?? 0);
    if (groups["protocol"] === undefined) {
      found.push(...withoutProtocol(groups, url, start));
    } else {
      const short = shortened.exec(url);
      const whole = short?.[0] ?? url;
      // X shortens to at most 40 characters; longer is not one of its own.
      if ((short?.[1]?.length ?? 0) > 40) continue;
      if (isValid(whole, groups["domain"] ?? ""))
        found.push({ start, end: start + whole.length, url: whole });
    }
  }
  return found;
}

/** `matchAll` would copy an expression that names every top-level domain, for each text. No match is empty. */
function matches(expression: RegExp, text: string): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match; match = expression.exec(text)) found.push(match);
  return found;
}

// `中文example.com` holds an address that starts at the first letter which a bare domain may have.
function withoutProtocol(groups: Record<string, string>, url: string, start: number): FoundUrl[] {
  if (/[-_./]$/.test(groups["before"] ?? "")) return [];
  const whole = groups["domain"] ?? "";
  const found = matches(bareDomain, whole).map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
    url: match[0],
  }));
  const last = found.at(-1);
  if (last && groups["path"] !== undefined) {
    last.url = url.slice(last.start - start);
    last.end = start + url.length;
  }
  return found.filter((item) => isValid(item.url, item.url.split("/")[0] ?? ""));
}

function isValid(url: string, host: string): boolean {
  // The dashboard's preview finds addresses by this file too, so it uses what browsers have.
  const ascii = URL.parse(`https://${host.replaceAll("_", "-")}`)?.hostname ?? "";
  if (ascii === "" || ascii.split(".").some((label) => label.length > 63)) return false;
  return url.length + ascii.length - host.length + "https://".length <= longestUrl;
}
