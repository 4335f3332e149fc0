import { z } from "zod";
import type { JsonObject } from "#kit";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Plan,
  PlanItem,
  Published,
  VariantContent,
} from "../contract.ts";
import { call, readSettings } from "./api.ts";
import { type UploadedMedia, assertReady, upload } from "./media.ts";

/** Who may reply, in words, and what X calls it (https://docs.x.com/x-api/posts/create-post); everyone is left out there. */
const replySettings: Record<string, string | null> = {
  Everyone: null,
  "Accounts you follow": "following",
  "Accounts you mention": "mentionedUsers",
  "Your subscribers": "subscribers",
  "Verified accounts": "verified",
};
export const replyChoices = Object.keys(replySettings);

const payloadSchema = z.object({
  text: z.string(),
  mediaIds: z.array(z.string()),
  /** Of these, what X was still processing when the post was prepared. */
  pendingIds: z.array(z.string()),
  replySettings: z.string().nullable(),
  madeWithAi: z.boolean(),
  paidPartnership: z.boolean(),
});
type Payload = z.output<typeof payloadSchema>;

type CreateBody = {
  text: string;
  media?: { media_ids: string[] };
  reply?: { in_reply_to_tweet_id: string };
  reply_settings?: string;
  made_with_ai?: true;
  paid_partnership?: true;
};

/** Uploads the media, which nobody sees yet, and writes down each post. */
export async function planPosts(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  const media: UploadedMedia[] = [];
  for (const file of delivery.media) media.push(await upload(context, file));
  const { firstComment, options } = variant;
  const { whoCanReply } = options;
  const whole = {
    madeWithAi: options["madeWithAi"] === "Yes",
    paidPartnership: options["paidPartnership"] === "Yes",
  };
  const items = withLink(variant).map((text, index): PlanItem => {
    const first = index === 0;
    const payload: Payload = {
      text,
      mediaIds: first ? media.map(({ id }) => id) : [],
      pendingIds: first ? media.filter(({ isReady }) => !isReady).map(({ id }) => id) : [],
      // Who may reply is the first post's to say; replies follow it.
      replySettings: first && typeof whoCanReply === "string" ? (replySettings[whoCanReply] ?? null) : null,
      ...whole,
    };
    return { kind: first ? "post" : "reply", payload };
  });
  if (firstComment !== null) {
    const payload: Payload = {
      text: firstComment,
      mediaIds: [],
      pendingIds: [],
      replySettings: null,
      ...whole,
    };
    items.push({ kind: "comment", payload });
  }
  return { items };
}

/** The texts that are posted, one request each: the parts and the first comment. */
export function postedTexts(variant: VariantContent): string[] {
  return [...withLink(variant), ...(variant.firstComment === null ? [] : [variant.firstComment])];
}

/** What is sent for an item. A thread goes on from its last part; a comment answers the first. */
export function bodyOf(plan: Plan, item: ItemRef): CreateBody {
  const planned = plan.items[item.index];
  if (!planned) throw new RangeError(`the plan has no item ${item.index}`);
  const payload = payloadSchema.parse(planned.payload);
  const body: CreateBody = { text: payload.text };
  if (payload.mediaIds.length > 0) body.media = { media_ids: payload.mediaIds };
  if (payload.replySettings !== null) body.reply_settings = payload.replySettings;
  if (payload.madeWithAi) body.made_with_ai = true;
  if (payload.paidPartnership) body.paid_partnership = true;
  if (planned.kind === "post") return body;
  const parent = planned.kind === "comment" ? item.published[0] : item.published[item.index - 1];
  if (!parent) throw new RangeError(`item ${item.index} answers a post that does not stand yet`);
  body.reply = { in_reply_to_tweet_id: parent.externalId };
  return body;
}

const createdSchema = z.object({ data: z.object({ id: z.string().regex(/^\d{1,19}$/) }) });

export async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const body: JsonObject = { ...bodyOf(plan, item) };
  const { pendingIds } = payloadSchema.parse(plan.items[item.index]?.payload);
  for (const id of pendingIds) await assertReady(context, id);
  const { data } = await call(context, createdSchema, "POST", "/2/tweets", body);
  return publishedOf(readSettings(context.settings).webUrl, data.id);
}

/** X leads from this address to the author's page, so no name is needed. */
export function publishedOf(webUrl: string, id: string): Published {
  return { externalId: id, url: `${webUrl}/i/status/${id}`, data: {} };
}

const hosts = /(?:^|\.)(?:x|twitter)\.com$|^(?:127\.0\.0\.1|localhost)$/;

/** The id in an address such as `https://x.com/ada/status/1234567890`, or null. */
export function externalIdOf(url: string): string | null {
  const parsed = URL.parse(url.trim());
  if (parsed === null || !hosts.test(parsed.hostname)) return null;
  return /^\/(?:i\/web|\w{1,20})\/status(?:es)?\/(\d{1,19})(?:\/|$)/.exec(parsed.pathname)?.[1] ?? null;
}
