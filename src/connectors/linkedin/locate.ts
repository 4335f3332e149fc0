import { z } from "zod";
import type { ConnectorContext, ItemRef, Located, Plan } from "../contract.ts";
import { addressOf, commentAddressOf } from "./addresses.ts";
import { ask } from "./api.ts";
import type { Planned } from "./commit.ts";
import { plannedAt } from "./commit.ts";
import { plainText } from "./little-text.ts";
import type { PlannedPost } from "./post.ts";
import { mediaIn } from "./post.ts";

export const readScope = "r_organization_social";

const paging = z.object({ links: z.array(z.object({ rel: z.string() })).default([]) });

const listedPost = z.object({
  id: z.string(),
  commentary: z.string().default(""),
  content: z
    .object({
      media: z.object({ id: z.string() }).optional(),
      multiImage: z.object({ images: z.array(z.object({ id: z.string() })) }).optional(),
      article: z.object({ source: z.string(), thumbnail: z.string().optional() }).optional(),
    })
    .optional(),
  createdAt: z.number(),
});
const postList = z.object({ elements: z.array(listedPost), paging });

const listedComment = z.object({
  id: z.string().optional(),
  commentUrn: z.string().optional(),
  actor: z.string(),
  message: z.object({ text: z.string() }),
  created: z.object({ time: z.number() }),
});
const commentList = z.object({ elements: z.array(listedComment), paging });

/**
 * Reads a Page's posts, or the comments on its post, newest first. Members' posts are closed to apps, so
 * their channels never come here. Without the reading scope nothing can be told.
 */
export async function locateOnPage(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  sentAt: Date,
): Promise<Located | "unsupported"> {
  if (!context.scopes.includes(readScope)) return "unsupported";
  const planned = plannedAt(plan, item);
  return planned.kind === "post"
    ? locatePost(context, planned.post, sentAt)
    : locateComment(context, planned);
}

function locatePost(context: ConnectorContext, wanted: PlannedPost, sentAt: Date): Promise<Located> {
  return readBack({ until: sentAt }, async (start) => {
    const query = new URLSearchParams({
      q: "author",
      author: wanted.author,
      sortBy: "CREATED",
      start: String(start),
      count: String(pageSize),
    });
    const path = `/rest/posts?${query.toString()}`;
    const answer = await ask(context, postList, { method: "GET", path, restliMethod: "FINDER" });
    const items = answer.elements.map((post) => ({
      id: post.id,
      createdAt: new Date(post.createdAt),
      match: equals(post, wanted)
        ? { externalId: post.id, url: addressOf(context.settings, post.id), data: {} }
        : null,
    }));
    return { items, more: hasNext(answer.paging) };
  });
}

/** Uploads have names of their own, so where a post carries some, they tell it; else text and link do. */
function equals(post: z.output<typeof listedPost>, wanted: PlannedPost): boolean {
  const sent = mediaIn(wanted);
  const listed = mediaIn({ ...wanted, content: post.content });
  if (sent.length > 0 && listed.length > 0) return sent.join() === listed.join();
  // LinkedIn may list a link in another spelling, so what it is decides nothing.
  if ((wanted.content?.article === undefined) !== (post.content?.article === undefined)) return false;
  return comparable(plainText(post.commentary)) === comparable(plainText(wanted.commentary));
}

/** LinkedIn trims and normalizes what it keeps; too strict a comparison would prove absent what is there. */
function comparable(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

function locateComment(
  context: ConnectorContext,
  wanted: Extract<Planned, { kind: "comment" }>,
): Promise<Located> {
  const { object } = wanted;
  // Comments come in an order of LinkedIn's choosing, so only all of them prove anything.
  return readBack({ until: null }, async (start) => {
    const query = new URLSearchParams({ start: String(start), count: String(pageSize) });
    const path = `/rest/socialActions/${encodeURIComponent(object)}/comments?${query.toString()}`;
    const answer = await ask(context, commentList, { method: "GET", path });
    const items = answer.elements.map((comment) => {
      const urn = comment.commentUrn ?? `urn:li:comment:(${object},${comment.id ?? ""})`;
      const same =
        comment.actor === wanted.actor && comparable(comment.message.text) === comparable(wanted.text);
      return {
        id: urn,
        createdAt: new Date(comment.created.time),
        match: same
          ? { externalId: urn, url: commentAddressOf(context.settings, object, urn), data: {} }
          : null,
      };
    });
    return { items, more: hasNext(answer.paging) };
  });
}

function hasNext({ links }: z.output<typeof paging>): boolean {
  return links.some(({ rel }) => rel === "next");
}

const pageSize = 100;
// Far more than a Page posts within a window; a listing that is longer stays open-ended.
const mostPages = 20;
const skewMs = 60_000;

type Listed = {
  id: string;
  createdAt: Date;
  match: Omit<Located["matches"][number], "createdAt"> | null;
};
type Page = { items: Listed[]; more: boolean };

/**
 * Goes back to `until`, or to the end where that is null. A listing that turns out not to be in order of
 * time covers nothing unless it is read to its end, and none does whose pages do not join.
 */
async function readBack(
  { until }: { until: Date | null },
  read: (start: number) => Promise<Page>,
): Promise<Located> {
  const matches: Located["matches"] = [];
  const seen = new Set<string>();
  let last: Listed | null = null;
  let ordered = until !== null;
  let start = 0;
  for (let count = 0; count < mostPages; count += 1) {
    const page = await read(start);
    const fresh: Listed[] | null = last === null ? page.items : after(last, page.items);
    if (fresh === null || fresh.some(({ id }) => seen.has(id))) return { matches, coversFrom: null };
    for (const item of fresh) {
      if (last !== null && item.createdAt.getTime() > last.createdAt.getTime()) ordered = false;
      if (item.match !== null) matches.push({ ...item.match, createdAt: item.createdAt });
      seen.add(item.id);
      last = item;
    }
    if (!page.more) return { matches, coversFrom: new Date(0) };
    if (page.items.length === 0) break;
    if (ordered && isBefore(last?.createdAt ?? null, until)) break;
    // Pages are counted off, not remembered: the next one begins with the last of this one, so that nothing
    // which moved meanwhile can slip between them.
    start += page.items.length - 1;
  }
  return { matches, coversFrom: ordered ? (last?.createdAt ?? null) : null };
}

/** What follows `last` on the next page; null where it does not stand there. */
function after(last: Listed, items: Listed[]): Listed[] | null {
  const at = items.findIndex(({ id }) => id === last.id);
  return at < 0 ? null : items.slice(at + 1);
}

function isBefore(oldest: Date | null, until: Date | null): boolean {
  return oldest !== null && until !== null && oldest.getTime() < until.getTime() - skewMs;
}
