import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import { beforeAnyByte } from "../before-any-byte.ts";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  ConnectorResponse,
  DeliveryInput,
  ItemRef,
  MediaFile,
  Plan,
  PlanItem,
  Published,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { graphErrorOf, graphFailure, readSettings, request, send } from "../meta-graph/index.ts";
import type { Recipe } from "./container.ts";
import { createContainer, recipeSchema, settledStatus, unusable } from "./container.ts";
import { parentIdOf } from "./parent.ts";
import { commenting, platform, publishing, reading } from "./platform.ts";

const payloadSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("media"), containerId: z.string(), caption: z.string(), recipe: recipeSchema }),
  z.object({ type: z.literal("comment"), message: z.string() }),
]);
export type Payload = z.output<typeof payloadSchema>;

export function payloadOf(plan: Plan, item: ItemRef): Payload {
  return payloadSchema.parse(plan.items[item.index]?.payload);
}

/**
 * Makes the container and waits for it. One that is still being processed afterwards, or that could not be asked
 * about, is planned all the same: `commit` asks again, and no second upload begins meanwhile.
 */
export async function prepare(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant } = delivery;
  mustHoldScopes(context, variant.firstComment);
  const recipe = recipeOf(delivery);
  const [caption = ""] = withLink(variant);
  const containerId = await createContainer(context, recipe, caption);
  const { processingMs } = readSettings(platform, context.settings);
  const status = await settledStatus(context, containerId, processingMs).catch((error: unknown) => {
    if (error instanceof ConnectorFailure) return null;
    throw error;
  });
  if (status?.status_code === "ERROR") throw unusable(status);
  const items: PlanItem[] = [{ kind: "post", payload: { type: "media", containerId, caption, recipe } }];
  if (variant.firstComment !== null) {
    items.push({ kind: "comment", payload: { type: "comment", message: variant.firstComment } });
  }
  return { items };
}

function recipeOf({ media }: DeliveryInput): Recipe {
  const [first] = media;
  if (!first) {
    throw new ConnectorFailure({
      verdict: "rejected",
      code: "instagram.no_media",
      message: "Instagram has no posts of text alone: add an image or a video.",
    });
  }
  if (first.mimeType.startsWith("video/")) return { kind: "reel", url: first.publicUrl };
  const images = media.map((file) => ({ url: jpegUrl(file), altText: file.altText }));
  const [only, ...others] = images;
  return only && others.length === 0 ? { kind: "image", ...only } : { kind: "carousel", images };
}

/** Instagram takes JPEG alone; Galley serves other pictures as one. */
function jpegUrl({ mimeType, publicUrl }: MediaFile): string {
  if (mimeType === "image/jpeg") return publicUrl;
  const url = new URL(publicUrl);
  url.searchParams.set("as", "jpeg");
  return url.href;
}

/** Found out before anything is public, not between a post and its comment. */
function mustHoldScopes(context: ConnectorContext, firstComment: string | null): void {
  if (firstComment === null || context.scopes.includes(commenting.permission)) return;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: "instagram.permission_missing",
    message: `The first comment needs the permission ${commenting.permission}, which was not granted. Connect the channel again and allow it, or remove the first comment. Nothing was published.`,
  });
}

const createdSchema = z.object({ id: z.string().min(1) });

export async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const payload = payloadOf(plan, item);
  if (payload.type === "comment") {
    const parent = await beforeAnyByte(() => parentIdOf(context, item));
    const path = `/${parent}/comments`;
    const call = { method: "POST", path, params: { message: payload.message } } as const;
    const { id } = await request(platform, context, createdSchema, commenting, call);
    return { externalId: id, url: item.published[0]?.url ?? null, data: {} };
  }
  const creationId = await beforeAnyByte(() => readyContainer(context, payload)).catch(publishedAlready);
  const response = await send(platform, context, {
    method: "POST",
    path: `/${context.accountId}/media_publish`,
    params: { creation_id: creationId },
  });
  if (!isSuccess(response)) throw publishFailure(response);
  const { id } = parseAnswer(platform, response, createdSchema);
  return { externalId: id, url: await permalinkOf(context, id), data: {} };
}

/**
 * The container to publish. The plan's own, or, where that has expired (a post may wait longer than its 24
 * hours), a new one of the same recipe. One that is published already is never published again.
 */
async function readyContainer(
  context: ConnectorContext,
  payload: Extract<Payload, { type: "media" }>,
): Promise<string> {
  const { deadlineMs } = readSettings(platform, context.settings);
  // The rest of the time belongs to the publishing itself.
  const until = performance.now() + (deadlineMs * 2) / 3;
  const patience = (): number => Math.max(0, until - performance.now());
  let id = payload.containerId;
  let status = await settledStatus(context, id, patience());
  if (status.status_code === "EXPIRED") {
    id = await createContainer(context, payload.recipe, payload.caption);
    status = await settledStatus(context, id, patience());
  }
  switch (status.status_code) {
    case "FINISHED":
      return id;
    case "PUBLISHED":
      throw new PublishedAlready();
    case "IN_PROGRESS":
      throw new ConnectorFailure({
        verdict: "not_sent",
        code: "instagram.processing",
        message: "Instagram is still processing the file; Galley publishes it as soon as it is ready.",
      });
    case "ERROR":
      throw unusable(status);
    case "EXPIRED":
      throw new ConnectorFailure({
        verdict: "rejected",
        code: "instagram.container_expired",
        message:
          "Instagram's copy of the file has expired, and a new one expired at once. Nothing was published.",
      });
  }
}

/** An earlier try got through: what became of it is read back. */
class PublishedAlready extends Error {}

function publishedAlready(error: unknown): never {
  if (!(error instanceof PublishedAlready)) throw error;
  throw new ConnectorFailure({
    verdict: "unknown",
    code: "instagram.published_already",
    message: "Instagram says that an earlier try of this post is out; Galley looks for it.",
    cause: error,
  });
}

function publishFailure(response: ConnectorResponse): ConnectorFailure {
  const subcode = graphErrorOf(response)?.error_subcode;
  const evidence = `${response.status} ${graphErrorOf(response)?.code ?? 0}/${subcode ?? 0}`;
  // The container is gone or not ready although it was a moment ago; the next try looks again.
  if (subcode === 2207027 || subcode === 2207020) {
    return new ConnectorFailure({
      verdict: "not_sent",
      code: "instagram.not_ready",
      message: "Instagram is not ready to publish this yet; Galley tries again.",
      evidence,
    });
  }
  if (subcode === 2207008 || subcode === 2207006) {
    return new ConnectorFailure({
      verdict: "rejected",
      code: "instagram.duplicate",
      message:
        "Instagram no longer has what was prepared for this post: it was published already, or it is gone. Look at the profile; where it is not there, publish the post again.",
      evidence,
    });
  }
  return graphFailure(platform, response, publishing);
}

const permalinkSchema = z.object({ permalink: z.url() });
const permalinkMs = 3_000;

/** The post's address; null where it cannot be had at once: the post is out, and nothing may put that in doubt. */
async function permalinkOf(context: ConnectorContext, id: string): Promise<string | null> {
  const call = { method: "GET", path: `/${id}`, params: { fields: "id,permalink" } } as const;
  const asked = request(platform, context, permalinkSchema, reading, call).then(
    ({ permalink }) => permalink,
    () => null,
  );
  const ended = new AbortController();
  const late = pause(permalinkMs, null, { signal: ended.signal }).catch(() => null);
  const permalink = await Promise.race([asked, late]);
  ended.abort();
  return permalink;
}
