import { z } from "zod";
import type { ConnectorContext, ItemRef, ListedPost, Located, LookedFor, Plan } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { likenessOf, type Traits } from "../likeness.ts";
import { readList, sameText } from "../meta-graph/index.ts";
import { momentText } from "../moment.ts";
import type { ContainerStatus, Recipe } from "./container.ts";
import { containerStatus } from "./container.ts";
import { parentIdOf } from "./parent.ts";
import { platform, reading } from "./platform.ts";
import type { Payload } from "./publish.ts";
import { payloadOf } from "./publish.ts";

const entrySchema = z.object({
  id: z.string(),
  caption: z.string().default(""),
  text: z.string().default(""),
  media_type: z.string().optional(),
  permalink: z.url().optional(),
  timestamp: momentText,
});
type Entry = z.output<typeof entrySchema>;

const pageSize = 50;
/** How much earlier than `t_send` a listing begins, so that a late post of an earlier attempt is seen too. */
const earlierMs = 3_600_000;

/**
 * A container is a key of our own: while its status is not PUBLISHED, nothing of it is out. Once it is,
 * the listing names the post; until the listing shows it, nothing is proven. Only where the container is
 * gone, or a newer one took its place, the listing alone decides: also after a loss, for then the plan's container may
 * have been made to look with, and another was published.
 */
export async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { sentAt, from, afterLoss }: LookedFor,
): Promise<Located> {
  const payload = payloadOf(plan, item);
  const since = new Date(Math.min(sentAt.getTime() - earlierMs, from.getTime()));
  if (payload.type === "comment") {
    const path = `/${await parentIdOf(context, item)}/comments`;
    const isSame = (entry: Entry) => sameText(entry.text, payload.message);
    const found = await list(context, path, { fields: "id,text,timestamp" }, isSame, {
      text: payload.message,
    });
    const url = item.published[0]?.url ?? null;
    const posts = found.posts.map((post) => ({ ...post, url }));
    return { by: "list", posts, coversFrom: found.isComplete ? new Date(0) : null, shows: [] };
  }
  const status = await statusOf(context, payload.containerId);
  const isUnpublished = status !== null && status !== "PUBLISHED" && status !== "EXPIRED";
  if (isUnpublished && !afterLoss) return { by: "key", posts: [] };
  const params = {
    fields: "id,caption,media_type,permalink,timestamp",
    since: String(Math.floor(since.getTime() / 1000)),
  };
  const path = `/${context.accountId}/media`;
  const isSame = (entry: Entry) => equals(entry, payload);
  const found = await list(context, path, params, isSame, { text: payload.caption });
  const coversFrom = found.isComplete ? since : null;
  return { by: "list", posts: found.posts, coversFrom, shows: ["post"], isOut: status === "PUBLISHED" };
}

/** Null where Instagram no longer knows the container. */
async function statusOf(
  context: ConnectorContext,
  id: string,
): Promise<ContainerStatus["status_code"] | null> {
  try {
    return (await containerStatus(context, id)).status_code;
  } catch (error) {
    if (error instanceof ConnectorFailure && error.verdict === "rejected") return null;
    throw error;
  }
}

async function list(
  context: ConnectorContext,
  path: string,
  params: Record<string, string>,
  isSame: (entry: Entry) => boolean,
  wanted: Traits,
): Promise<{ posts: ListedPost[]; isComplete: boolean }> {
  const asked = { path, params, pageSize };
  const { entries, isComplete } = await readList(platform, context, entrySchema, reading, asked);
  const posts = entries.map((entry) => ({
    externalId: entry.id,
    url: entry.permalink ?? null,
    data: {},
    createdAt: new Date(entry.timestamp),
    likeness: likenessOf(isSame(entry), { text: entry.caption || entry.text }, wanted),
  }));
  return { posts, isComplete };
}

const mediaTypes: Record<Recipe["kind"], string> = {
  image: "IMAGE",
  reel: "VIDEO",
  carousel: "CAROUSEL_ALBUM",
};

function equals(entry: Entry, payload: Extract<Payload, { type: "media" }>): boolean {
  const sameKind = entry.media_type === undefined || entry.media_type === mediaTypes[payload.recipe.kind];
  return sameKind && sameText(entry.caption, payload.caption);
}
