import type { JsonObject } from "#kit";
import { readSettings } from "./settings.ts";

/** Where people see a post. */
export function addressOf(settings: JsonObject, urn: string): string {
  return `${readSettings(settings).webUrl}/feed/update/${urn}/`;
}

export function commentAddressOf(settings: JsonObject, postUrn: string, commentUrn: string): string {
  return `${addressOf(settings, postUrn)}?commentUrn=${encodeURIComponent(commentUrn)}`;
}

const kinds: Record<string, string> = { share: "share", ugcpost: "ugcPost", activity: "activity" };

/**
 * The URN in an address that a person copied: `/feed/update/urn:li:share:1/`, or `/posts/name_words-share-1-Ab`,
 * or that of a comment. Null for anything else.
 */
export function urnIn(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  const comment = /^urn:li:comment:\([\w:]+,\d+\)$/.exec(url.searchParams.get("commentUrn") ?? "")?.[0];
  if (comment !== undefined) return comment;
  const path = decode(url.pathname);
  const [, kind, id] =
    /urn:li:(share|ugcPost|activity):(\d+)/.exec(path) ??
    /-(share|ugcPost|activity)-(\d+)(?:-|\/|$)/i.exec(path) ??
    [];
  const name = kinds[(kind ?? "").toLowerCase()];
  return name === undefined || id === undefined ? null : `urn:li:${name}:${id}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
