import { z } from "zod";
import type { JsonObject } from "#kit";
import { failureOf, isSuccess, parseAnswer } from "../answers.ts";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  MediaFile,
  Plan,
  PlanItem,
  Published,
} from "../contract.ts";
import { facetsOf, mentionedHandles } from "./facets.ts";
import { collection, referenceTo } from "./reference.ts";
import { tidFor } from "./tid.ts";
import { call, platform, readCredentials, send } from "./xrpc.ts";

const blobSchema = z.object({
  $type: z.literal("blob"),
  ref: z.object({ $link: z.string() }),
  mimeType: z.string(),
  size: z.number(),
});

const recordSchema = z.looseObject({
  $type: z.literal(collection),
  text: z.string(),
  createdAt: z.iso.datetime(),
});
export type PlannedRecord = z.output<typeof recordSchema>;

/** Uploads the images, resolves the mentions, and writes down each record but for what it answers. */
export async function planRecords(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant, dueAt } = delivery;
  const comment = variant.firstComment === null ? [] : [variant.firstComment];
  const parts = withLink(variant);
  const texts = [...parts, ...comment];
  const dids = await resolveHandles(context, texts.flatMap(mentionedHandles));
  const images: JsonObject[] = [];
  for (const file of delivery.media) images.push(await uploadImage(context, file));
  const items = texts.map((text, index): PlanItem => {
    const record: JsonObject = {
      $type: collection,
      text,
      // A millisecond apart, so that clients that sort by time keep a thread in order.
      createdAt: new Date(dueAt.getTime() + index).toISOString(),
    };
    const facets = facetsOf(text, dids);
    if (facets.length > 0) record["facets"] = facets;
    if (index === 0 && images.length > 0) record["embed"] = { $type: "app.bsky.embed.images", images };
    return { kind: index === 0 ? "post" : index < parts.length ? "reply" : "comment", payload: record };
  });
  return { items };
}

async function uploadImage(context: ConnectorContext, file: MediaFile): Promise<JsonObject> {
  const { blob } = await call(context, z.object({ blob: blobSchema }), "com.atproto.repo.uploadBlob", {
    bytes: await file.read(),
    mimeType: file.mimeType,
  });
  return { alt: file.altText, image: blob, aspectRatio: { width: file.width, height: file.height } };
}

/** DIDs by handle; a handle that nobody has is left out and stays plain text. */
async function resolveHandles(context: ConnectorContext, handles: string[]): Promise<Map<string, string>> {
  const { service, accessJwt } = readCredentials(context);
  const dids = new Map<string, string>();
  for (const handle of new Set(handles)) {
    const query = new URLSearchParams({ handle });
    const method = `com.atproto.identity.resolveHandle?${query.toString()}`;
    const response = await send(context, { service, token: accessJwt }, method);
    if (isSuccess(response)) {
      dids.set(handle, parseAnswer(platform, response, z.object({ did: z.string() })).did);
    } else if (response.status !== 400) {
      throw failureOf(platform, response, { refreshable: true });
    }
  }
  return dids;
}

/** The record of an item as it was planned, without what it answers. */
export function plannedRecord(plan: Plan, item: ItemRef): PlannedRecord {
  return recordSchema.parse(plan.items[item.index]?.payload);
}

export function recordKey(plan: Plan, item: ItemRef): string {
  return tidFor(item.key, new Date(plannedRecord(plan, item).createdAt));
}

export function published(context: ConnectorContext, rkey: string, uri: string, cid: string): Published {
  const data: JsonObject = { cid };
  return { externalId: uri, url: `https://bsky.app/profile/${context.accountId}/post/${rkey}`, data };
}

/** The record of an item as it is sent, its parents filled in from what the items before it became. */
export async function recordOf(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<PlannedRecord> {
  const record = plannedRecord(plan, item);
  const kind = plan.items[item.index]?.kind;
  if (kind === "post") return record;
  const root = await referenceTo(context, item.published[0]);
  const isToRoot = kind === "comment" || item.index === 1;
  const parent = isToRoot ? root : await referenceTo(context, item.published[item.index - 1]);
  return { ...record, reply: { root, parent } };
}
