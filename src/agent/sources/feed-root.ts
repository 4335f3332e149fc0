/** The kinds of feed that are read. */
export type FeedFormat = "rss" | "atom" | "rdf" | "json";

/** What may stand before the root: longer than any prolog that people write. */
const prologLength = 100_000;

/**
 * The kind of feed that a document is by its root element, or by `version` where it is JSON; null for anything
 * else. What the server calls it says nothing: feeds come as `text/html`, pages as `application/xml`.
 */
export function feedFormat(text: string): FeedFormat | null {
  const root = rootElement(text);
  if (root === null) return jsonFormat(text);
  const name = root.slice(root.indexOf(":") + 1).toLowerCase();
  if (name === "rss") return "rss";
  if (name === "feed") return "atom";
  return name === "rdf" ? "rdf" : null;
}

/** The qualified name of an XML document's root element, past its declaration, instructions, comments and DOCTYPE. */
function rootElement(text: string): string | null {
  let at = 0;
  while (at < Math.min(text.length, prologLength)) {
    at += /^[\s\ufeff]*/.exec(text.slice(at, at + prologLength))?.[0].length ?? 0;
    const end = pastProlog(text, at);
    if (end === null)
      return /^<([\p{L}_][\p{L}\p{N}_.:-]{0,100})(?=[\s/>])/u.exec(text.slice(at, at + 110))?.[1] ?? null;
    at = end;
  }
  return null;
}

/** Where what begins at `at` and stands before the root ends; null where it is no such thing. */
function pastProlog(text: string, at: number): number | null {
  const past = (close: string) => {
    const end = text.indexOf(close, at);
    return end === -1 ? text.length : end + close.length;
  };
  if (text.startsWith("<?", at)) return past("?>");
  if (text.startsWith("<!--", at)) return past("-->");
  return /^<!doctype/i.test(text.slice(at, at + 9)) ? pastDoctype(text, at + 9) : null;
}

/** What in a DOCTYPE may hold any of its marks, with what closes it. */
const opaque = [
  ["<!--", "-->"],
  ["<?", "?>"],
  ['"', '"'],
  ["'", "'"],
] as const;

/** The DOCTYPE ends with the first `>` that stands outside its subset in brackets. */
function pastDoctype(text: string, from: number): number {
  let isInSubset = false;
  let at = from;
  while (at < Math.min(text.length, prologLength)) {
    const pair = opaque.find(([open]) => text.startsWith(open, at));
    if (pair) {
      const end = text.indexOf(pair[1], at + pair[0].length);
      if (end === -1) break;
      at = end + pair[1].length;
      continue;
    }
    const mark = text[at];
    at += 1;
    if (mark === ">" && !isInSubset) return at;
    if (mark === "[") isInSubset = true;
    if (mark === "]") isInSubset = false;
  }
  return text.length;
}

function jsonFormat(text: string): FeedFormat | null {
  if (!/^[\s\ufeff]{0,100}\{/.test(text.slice(0, 110))) return null;
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    const version = typeof value === "object" && value !== null && "version" in value ? value.version : null;
    return typeof version === "string" && /^https?:\/\/(?:www\.)?jsonfeed\.org\/version\/1/.test(version)
      ? "json"
      : null;
  } catch {
    return null;
  }
}
