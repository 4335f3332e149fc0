import { z } from "zod";
import type { ConnectorContext, ItemRef, ListedPost, Located, LookedFor, Plan } from "../contract.ts";
import { readAgain } from "../read-again.ts";
import { call, readSettings } from "./api.ts";
import { createdAtOf, likenessTo, listedPost } from "./match.ts";
import { bodyOf, publishedOf } from "./posts.ts";

const pageSize = 100;
// The timeline holds the newest 3,200 posts and says nothing of those before them.
const mostListed = 3_200;
// Far enough to see an equal post of an earlier attempt that the timeline held back: delivery then asks a
// person instead of sending again. Not further, since X charges for each post that is read.
const lookBackMs = 3_600_000;

// Answers to one's own posts stand in the timeline too.
const shows = ["post", "reply", "comment"] as const;

const pageSchema = z.object({
  data: z.array(listedPost).optional(),
  meta: z.object({ next_token: z.string().optional() }),
  errors: z.array(z.unknown()).optional(),
});
type Page = z.output<typeof pageSchema>;

/** Reads the account's own timeline back to an hour before the post was sent, or further. */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { sentAt, from: mustReach }: LookedFor,
): Promise<Located | "unsupported"> {
  const needed = ["tweet.read", "users.read"];
  if (needed.some((scope) => !context.scopes.includes(scope))) return "unsupported";
  const body = bodyOf(plan, item);
  const wanted = {
    text: body.text,
    mediaCount: body.media?.media_ids.length ?? 0,
    thread: body.reply === undefined ? null : (item.published[0]?.externalId ?? null),
  };
  const { webUrl } = readSettings(context.settings);
  // X takes whole seconds.
  const earliest = Math.min(sentAt.getTime() - lookBackMs, mustReach.getTime());
  const from = new Date(Math.floor(earliest / 1000) * 1000);
  const posts: ListedPost[] = [];
  let listed = 0;
  let oldest: Date | null = null;
  let isPartial = false;
  let next: string | undefined;
  do {
    const token = next;
    const page = await readAgain(() => readPage(context, from, token));
    for (const post of page.data ?? []) {
      const createdAt = createdAtOf(post) ?? sentAt;
      listed += 1;
      if (oldest === null || createdAt < oldest) oldest = createdAt;
      posts.push({ ...publishedOf(webUrl, post.id), createdAt, likeness: likenessTo(post, wanted) });
    }
    isPartial ||= (page.errors ?? []).length > 0;
    next = page.meta.next_token;
  } while (next !== undefined && listed < mostListed);
  const coversFrom = isPartial ? null : listed < mostListed ? from : oldest;
  return { by: "list", posts, coversFrom, shows };
}

function readPage(context: ConnectorContext, from: Date, token: string | undefined): Promise<Page> {
  const query = new URLSearchParams({
    max_results: String(pageSize),
    start_time: from.toISOString().replace(".000Z", "Z"),
    "post.fields": "attachments,conversation_id,created_at,entities",
    ...(token === undefined ? {} : { pagination_token: token }),
  });
  const path = `/2/users/${encodeURIComponent(context.accountId)}/tweets?${query.toString()}`;
  return call(context, pageSchema, "GET", path);
}
