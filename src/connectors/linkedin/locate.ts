import { z } from "zod";
import type {
  ConnectorContext,
  ItemRef,
  ListedPost,
  Located,
  LocatedInList,
  LookedFor,
  Plan,
} from "../contract.ts";
import { likenessOf, type Traits, showsUploads } from "../likeness.ts";
import { momentMs } from "../moment.ts";
import { readAgain } from "../read-again.ts";
import { addressOf, commentAddressOf } from "./addresses.ts";
import { ask } from "./api.ts";
import type { Planned } from "./commit.ts";
import { plannedAt } from "./commit.ts";
import { plainText } from "./little-text.ts";
import { isLastPage, pageSize, paging } from "./paging.ts";
import type { PlannedPost } from "./post.ts";
import { mediaIn } from "./post.ts";

export const readScope = "r_organization_social";

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
  createdAt: momentMs,
});
const postList = z.object({ elements: z.array(listedPost), paging });

const listedComment = z.object({
  id: z.string().optional(),
  commentUrn: z.string().optional(),
  actor: z.string(),
  message: z.object({ text: z.string() }),
  created: z.object({ time: momentMs }),
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
  { from, afterLoss }: LookedFor,
): Promise<Located | "unsupported"> {
  if (!context.scopes.includes(readScope)) return "unsupported";
  const planned = plannedAt(plan, item);
  return planned.kind === "post"
    ? locatePost(context, planned.post, { from, afterLoss })
    : locateComment(context, planned);
}

async function locatePost(
  context: ConnectorContext,
  wanted: PlannedPost,
  { from, afterLoss }: Pick<LookedFor, "from" | "afterLoss">,
): Promise<Located> {
  const list = await readBack({ until: from }, async (start) => {
    const query = new URLSearchParams({
      q: "author",
      author: wanted.author,
      sortBy: "CREATED",
      start: String(start),
      count: String(pageSize),
    });
    const path = `/rest/posts?${query.toString()}`;
    const answer = await ask(context, postList, { method: "GET", path, restliMethod: "FINDER" });
    const posts = answer.elements.map((post) => ({
      externalId: post.id,
      url: addressOf(context.settings, post.id),
      data: {},
      createdAt: new Date(post.createdAt),
      likeness: likenessOf(equals(post, wanted, afterLoss), traitsOf(wanted, post), traitsOf(wanted, wanted)),
    }));
    return { posts, isLast: isLastPage(answer) };
  });
  return { ...list, shows: ["post"] };
}

/** What can be compared of a post, as a list tells it or as it was written. */
function traitsOf(
  wanted: PlannedPost,
  { commentary, content }: Pick<PlannedPost, "commentary" | "content">,
): Traits {
  const link = content?.article?.source ?? null;
  return { text: plainText(commentary), link, media: mediaIn({ ...wanted, content }) };
}

/**
 * Uploads have names of their own, so where some were sent, they tell it; else text and link do. A post that shows
 * none has the text to tell that it may be the one.
 */
function equals(post: z.output<typeof listedPost>, wanted: PlannedPost, afterLoss: boolean): boolean {
  const sent = mediaIn(wanted);
  const listed = mediaIn({ ...wanted, content: post.content });
  if (sent.length > 0) {
    const shows = showsUploads(listed, sent, { afterLoss });
    if (!shows || !afterLoss) return shows;
  }
  // LinkedIn may list a link in another spelling, so what it is decides nothing.
  if ((wanted.content?.article === undefined) !== (post.content?.article === undefined)) return false;
  return comparable(plainText(post.commentary)) === comparable(plainText(wanted.commentary));
}

/** LinkedIn trims and normalizes what it keeps; too strict a comparison would prove absent what is there. */
function comparable(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

async function locateComment(
  context: ConnectorContext,
  wanted: Extract<Planned, { kind: "comment" }>,
): Promise<Located> {
  const { object } = wanted;
  // Comments come in an order of LinkedIn's choosing, so only all of them prove anything.
  const list = await readBack({ until: null }, async (start) => {
    const query = new URLSearchParams({ start: String(start), count: String(pageSize) });
    const path = `/rest/socialActions/${encodeURIComponent(object)}/comments?${query.toString()}`;
    const answer = await ask(context, commentList, { method: "GET", path });
    const posts = answer.elements.map((comment) => {
      const urn = comment.commentUrn ?? `urn:li:comment:(${object},${comment.id ?? ""})`;
      const { text } = comment.message;
      return {
        externalId: urn,
        url: commentAddressOf(context.settings, object, urn),
        data: {},
        createdAt: new Date(comment.created.time),
        likeness: likenessOf(comparable(text) === comparable(wanted.text), { text }, { text: wanted.text }),
        isForeign: comment.actor !== wanted.actor,
      };
    });
    return { posts, isLast: isLastPage(answer) };
  });
  // Of one post alone, so that it shows no other.
  return { ...list, shows: [] };
}

// Far more than a Page posts within a window; a listing that is longer stays open-ended.
const mostPages = 20;

type Page = { posts: ListedPost[]; isLast: boolean };

/**
 * Goes back to `until`, or to the end where that is null. A listing that turns out not to be in order of
 * time covers nothing unless it is read to its end, and none does whose pages do not join.
 */
async function readBack(
  { until }: { until: Date | null },
  read: (start: number) => Promise<Page>,
): Promise<Pick<LocatedInList, "by" | "posts" | "coversFrom">> {
  const posts: ListedPost[] = [];
  const seen = new Set<string>();
  let last: ListedPost | null = null;
  let ordered = until !== null;
  let start = 0;
  for (let count = 0; count < mostPages; count += 1) {
    const from = start;
    const page = await readAgain(() => read(from));
    const fresh: ListedPost[] | null = last === null ? page.posts : after(last, page.posts);
    if (fresh === null || fresh.some(({ externalId }) => seen.has(externalId))) {
      return { by: "list", posts, coversFrom: null };
    }
    for (const post of fresh) {
      if (last !== null && post.createdAt > last.createdAt) ordered = false;
      posts.push(post);
      seen.add(post.externalId);
      last = post;
    }
    if (page.isLast) return { by: "list", posts, coversFrom: new Date(0) };
    // It names more, and holds nothing to go on from.
    if (page.posts.length === 0) break;
    if (ordered && last !== null && until !== null && last.createdAt < until) break;
    // Pages are counted off, not remembered: the next one begins with the last of this one, so that nothing
    // which moved meanwhile can slip between them.
    start += page.posts.length - 1;
  }
  return { by: "list", posts, coversFrom: ordered ? (last?.createdAt ?? null) : null };
}

/** What follows `last` on the next page; null where it does not stand there. */
function after(last: ListedPost, posts: ListedPost[]): ListedPost[] | null {
  const at = posts.findIndex(({ externalId }) => externalId === last.externalId);
  return at < 0 ? null : posts.slice(at + 1);
}
