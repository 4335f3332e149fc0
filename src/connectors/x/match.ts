import { z } from "zod";
import type { Likeness } from "../contract.ts";
import { likenessOf } from "../likeness.ts";
import { momentText } from "../moment.ts";
import { findUrls } from "../text/urls.ts";

const entitySchema = z.object({
  url: z.string().nullish(),
  expanded_url: z.string().nullish(),
  media_key: z.string().nullish(),
});

/** A post as the timeline tells it. */
export const listedPost = z.object({
  id: z.string().regex(/^\d{1,19}$/),
  text: z.string(),
  created_at: momentText.optional(),
  entities: z.object({ urls: z.array(entitySchema).nullish() }).optional(),
  attachments: z.object({ media_keys: z.array(z.string()).nullish() }).optional(),
  /** The id of the thread's first post: its own where it answers nothing. */
  conversation_id: z.string().optional(),
});
export type ListedPost = z.output<typeof listedPost>;

/** `thread`: the id of the first post, null where this is it. */
export type WantedPost = { text: string; mediaCount: number; thread: string | null };

/**
 * Whether a listed post is the wanted one. It compares loosely where X may change what it keeps (white
 * space, the look of addresses): to take a post for ours that is not costs a question, not to know our own
 * costs a second post.
 */
function isSame(post: ListedPost, wanted: WantedPost): boolean {
  // The parent itself would be told in an expansion, which X charges for.
  const thread = wanted.thread ?? post.id;
  const media = post.attachments?.media_keys?.length ?? 0;
  return (
    (post.conversation_id ?? thread) === thread &&
    media === wanted.mediaCount &&
    listedText(post) === withAddresses(wanted.text.normalize("NFC"), comparableUrl)
  );
}

/** As `isSame`; a file that X lists late leaves the text to tell that it may be the one. */
export function likenessTo(post: ListedPost, wanted: WantedPost): Likeness {
  return likenessOf(isSame(post, wanted), { text: listedText(post) }, { text: wanted.text });
}

/** A listed text as it was written: unescaped, with the addresses behind its t.co links and without the media's. */
function listedText(post: ListedPost): string {
  const meant = new Map<string, string>();
  for (const { url, expanded_url: expanded, media_key: mediaKey } of post.entities?.urls ?? []) {
    if (url === undefined || url === null) continue;
    const ofMedia = (mediaKey ?? "") !== "" || /\/status\/\d+\/(?:photo|video)\/\d+$/.test(expanded ?? "");
    meant.set(url, ofMedia ? "" : comparableUrl(expanded ?? url));
  }
  return withAddresses(unescaped(post.text), (url) => meant.get(url) ?? comparableUrl(url));
}

/** A text with other words for each address that stands in it. */
function withAddresses(text: string, wordsFor: (url: string) => string): string {
  let result = "";
  let position = 0;
  for (const { start, end, url } of findUrls(text)) {
    result += text.slice(position, start) + wordsFor(url);
    position = end;
  }
  return squeezed(result + text.slice(position));
}

function comparableUrl(url: string): string {
  const parsed = URL.parse(/^https?:\/\//i.test(url) ? url : `https://${url}`);
  if (parsed === null) return url;
  return `${parsed.host}${parsed.pathname}${parsed.search}${parsed.hash}`.replace(/\/$/, "");
}

function squeezed(text: string): string {
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

/** X escapes these three and no more. */
function unescaped(text: string): string {
  const meanings: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
  return text.replaceAll(/&(?:amp|lt|gt);/g, (entity) => meanings[entity] ?? entity);
}

// https://docs.x.com/resources/fundamentals/x-ids: the upper bits count milliseconds from here.
const epochMs = 1_288_834_974_657n;

/**
 * When a post was created: to the millisecond by its id, where that agrees with the second that X tells;
 * null where neither says anything.
 */
export function createdAtOf(post: Pick<ListedPost, "id" | "created_at">): Date | null {
  const byId = Number((BigInt(post.id) >> 22n) + epochMs);
  if (post.created_at === undefined) return post.id.length >= 17 ? new Date(byId) : null;
  const told = Date.parse(post.created_at);
  return new Date(Math.abs(byId - told) < 1_500 ? byId : told);
}
