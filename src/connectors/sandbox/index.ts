import { z } from "zod";
import type { JsonObject } from "#kit";
import { commonProblems, withLink } from "../checks.ts";
import type {
  Connector,
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Limits,
  ListedPost,
  Located,
  LookedFor,
  MediaFile,
  Plan,
  PlanItem,
  Published,
} from "../contract.ts";
import { likenessOf, showsUploads } from "../likeness.ts";
import { momentText } from "../moment.ts";
import { readAgain } from "../read-again.ts";
import { maximumWeightedLength, weightedLength } from "../text/weighted-length.ts";
import { call, readSettings } from "./api.ts";
import { sandboxOAuth } from "./oauth.ts";

const limits: Limits = {
  textLength: maximumWeightedLength,
  textUnit: "weighted characters",
  maxParts: 25,
  maxMedia: 4,
  maxMediaBytes: 5_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  video: null,
  document: null,
  altTextLength: 1000,
  firstComment: true,
};

const payloadSchema = z.object({ text: z.string(), media: z.array(z.string()) });
const postSchema = z.object({
  id: z.string(),
  url: z.url(),
  text: z.string(),
  kind: z.string(),
  in_reply_to: z.string().nullable(),
  media: z.array(z.object({ id: z.string() })),
  created_at: momentText,
});
const listSchema = z.object({ items: z.array(postSchema), next: z.string().nullable() });

/** The platform that Galley brings along: everything that a real one has, and a page to look at. */
export const sandbox: Connector = {
  id: "sandbox",
  name: "Sandbox",
  summary: "A pretend social network on this machine: connect it first and see a post arrive.",
  connect: sandboxOAuth,
  limits,
  accountLimits: null,
  options: [],

  target({ settings, accountId }) {
    const { baseUrl, builtIn } = readSettings(settings);
    const server = builtIn ? "the built-in sandbox" : baseUrl;
    return { facts: { server, accountId }, words: `${accountId} on ${server}` };
  },
  settling({ settings }) {
    const { deadlineMs, windowMs } = readSettings(settings);
    return { deadlineMs, windowMs, builtIn: true };
  },
  measure: weightedLength,
  compose: withLink,
  validate(variant, media) {
    return commonProblems(sandbox, variant, media);
  },
  price: () => null,
  quotas: () => [],
  apiVersion: null,
  externalIdOf: null,
  inspect: null,
  prepare,
  commit,
  locate,

  async probe(context) {
    const schema = z.object({
      sub: z.string(),
      preferred_username: z.string(),
      name: z.string(),
      profile: z.url(),
    });
    const account = await call(context, schema, "GET", "/oauth/userinfo");
    return {
      accountId: account.sub,
      handle: `@${account.preferred_username}`,
      displayName: account.name,
      avatarUrl: null,
      profileUrl: account.profile,
    };
  },
};

async function prepare(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  const media: string[] = [];
  for (const file of delivery.media) media.push(await upload(context, file));
  const items: PlanItem[] = withLink(variant).map((text, index) => ({
    kind: index === 0 ? "post" : "reply",
    payload: { text, media: index === 0 ? media : [] },
  }));
  if (variant.firstComment !== null) {
    items.push({ kind: "comment", payload: { text: variant.firstComment, media: [] } });
  }
  return { items };
}

async function upload(context: ConnectorContext, file: MediaFile): Promise<string> {
  const bytes = await file.read();
  const { id } = await call(context, z.object({ id: z.string() }), "POST", "/api/media", {
    mime_type: file.mimeType,
    alt_text: file.altText,
    data: Buffer.from(bytes).toString("base64"),
  });
  return id;
}

async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  return published(await call(context, postSchema, "POST", "/api/posts", bodyOf(plan, item)));
}

/** What is sent for an item, from the plan alone. A thread goes on from its last part; a comment answers the post. */
function bodyOf(plan: Plan, item: ItemRef): JsonObject & { text: string; kind: string; media: string[] } {
  const planned = plan.items[item.index];
  if (!planned) throw new RangeError(`the plan has no item ${item.index}`);
  const payload = payloadSchema.parse(planned.payload);
  const parent = planned.kind === "reply" ? item.published[item.index - 1] : item.published[0];
  return {
    ...payload,
    kind: planned.kind,
    in_reply_to: planned.kind === "post" ? null : (parent?.externalId ?? null),
  };
}

const pageSize = 100;
// Far more than anybody posts within a window; a listing that is longer stays open-ended.
const mostPages = 50;
// Its timeline has the parts of threads and the comments too.
const shows = ["post", "reply", "comment"] as const;

async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { from, afterLoss }: LookedFor,
): Promise<Located> {
  const wanted = bodyOf(plan, item);
  const posts: ListedPost[] = [];
  let cursor: string | null = null;
  let coversFrom: Date | null = null;
  for (let count = 0; count < mostPages; count += 1) {
    const query = new URLSearchParams({ limit: String(pageSize), ...(cursor === null ? {} : { cursor }) });
    const path = `/api/posts?${query.toString()}`;
    const page: z.output<typeof listSchema> = await readAgain(() => call(context, listSchema, "GET", path));
    for (const post of page.items) {
      coversFrom = new Date(post.created_at);
      const listed = { text: post.text, media: post.media.map(({ id }) => id) };
      const likeness = likenessOf(equals(post, wanted, { afterLoss }), listed, wanted);
      posts.push({ ...published(post), createdAt: coversFrom, likeness });
    }
    if (page.next === null) return { by: "list", posts, coversFrom: new Date(0), shows };
    if (coversFrom !== null && coversFrom < from) break;
    cursor = page.next;
  }
  return { by: "list", posts, coversFrom, shows };
}

function equals(
  post: z.output<typeof postSchema>,
  wanted: ReturnType<typeof bodyOf>,
  known: Pick<LookedFor, "afterLoss">,
): boolean {
  return (
    post.text === wanted.text &&
    post.kind === wanted.kind &&
    post.in_reply_to === wanted["in_reply_to"] &&
    showsUploads(
      post.media.map(({ id }) => id),
      wanted.media,
      known,
    )
  );
}

function published(post: z.output<typeof postSchema>): Published {
  return { externalId: post.id, url: post.url, data: {} };
}
