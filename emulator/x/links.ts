import { createHash } from "node:crypto";
import { addressesIn } from "../sandbox/text-rule.ts";
import type { XPost } from "./state.ts";

/**
 * A text as X keeps it: each address becomes a t.co link, media append one of their own, and what comes
 * back is escaped as HTML.
 */
export function wrapLinks(
  text: string,
  media: { key: string; page: string } | null,
): Pick<XPost, "stored" | "urls"> {
  const urls: XPost["urls"] = [];
  let stored = "";
  let position = 0;
  for (const found of addressesIn(text)) {
    const expanded = /^https?:\/\//i.test(found.address) ? found.address : `http://${found.address}`;
    const url = shortened(expanded);
    urls.push({ url, expanded, mediaKey: null });
    stored += text.slice(position, found.start) + url;
    position = found.end;
  }
  stored += text.slice(position);
  if (media !== null) {
    const url = shortened(media.page);
    urls.push({ url, expanded: media.page, mediaKey: media.key });
    stored = stored === "" ? url : `${stored} ${url}`;
  }
  return { stored, urls };
}

function shortened(url: string): string {
  return `https://t.co/${createHash("sha256").update(url).digest("hex").slice(0, 10)}`;
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
