import { trimEndOf } from "#kit";
import { findUrls } from "../text/urls.ts";

export type Facet = {
  /** Offsets into the UTF-8 bytes of the text, the end exclusive. */
  index: { byteStart: number; byteEnd: number };
  features: (
    | { $type: "app.bsky.richtext.facet#link"; uri: string }
    | { $type: "app.bsky.richtext.facet#mention"; did: string }
    | { $type: "app.bsky.richtext.facet#tag"; tag: string }
  )[];
};

// A handle is a domain name: https://atproto.com/specs/handle
const mention =
  /(?<=^|[\s(])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![\w-])/gi;
const hashtag = /(?<=^|\s)[#＃](?!\ufe0f)([^\s\p{Cf}]+)/gu;
const longestTag = 64;

/** Handles that a text mentions, each once, in lower case and without the @. */
export function mentionedHandles(text: string): string[] {
  return [...new Set([...text.matchAll(mention)].map((match) => (match[1] ?? "").toLowerCase()))];
}

/**
 * What the text links to: addresses, mentions whose handle is in `dids`, and hashtags. Bluesky itself
 * looks for none of these, so without facets a link is plain text.
 */
export function facetsOf(text: string, dids: ReadonlyMap<string, string>): Facet[] {
  const links: Facet[] = findUrls(text).map((found) => ({
    index: byteRange(text, found.start, found.end),
    features: [{ $type: "app.bsky.richtext.facet#link", uri: absolute(found.url) }],
  }));
  const mentions = [...text.matchAll(mention)].flatMap((match): Facet[] => {
    const did = dids.get((match[1] ?? "").toLowerCase());
    if (did === undefined) return [];
    const index = byteRange(text, match.index, match.index + match[0].length);
    return [{ index, features: [{ $type: "app.bsky.richtext.facet#mention", did }] }];
  });
  const tags = [...text.matchAll(hashtag)].flatMap((match): Facet[] => {
    const tag = trimEndOf(match[1] ?? "", /\p{P}/u);
    if (tag === "" || /^\d+$/.test(tag) || Array.from(tag).length > longestTag) return [];
    const index = byteRange(text, match.index, match.index + 1 + tag.length);
    return [{ index, features: [{ $type: "app.bsky.richtext.facet#tag", tag }] }];
  });
  return [...links, ...mentions, ...tags].sort((left, right) => left.index.byteStart - right.index.byteStart);
}

function absolute(url: string): string {
  return /^https?:\/\//i.test(url) ? url : `https://${url}`;
}

function byteRange(text: string, start: number, end: number): Facet["index"] {
  const byteStart = Buffer.byteLength(text.slice(0, start));
  return { byteStart, byteEnd: byteStart + Buffer.byteLength(text.slice(start, end)) };
}
