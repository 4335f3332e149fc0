import { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import { withLink } from "../checks.ts";
import type {
  ConnectorContext,
  ConnectorResponse,
  DeliveryInput,
  ItemRef,
  Plan,
  PlanItem,
  Published,
  VariantContent,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { graphErrorOf, graphFailure, readSettings, request, send } from "../meta-graph/index.ts";
import { commenting, platform, posting } from "./platform.ts";
import { uploadPhoto, uploadVideo } from "./upload.ts";

const payloadSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("feed"),
    message: z.string(),
    link: z.string().nullable(),
    photos: z.array(z.string()),
  }),
  z.object({ type: z.literal("video"), message: z.string(), videoId: z.string(), sessionId: z.string() }),
  z.object({ type: z.literal("comment"), message: z.string() }),
]);
export type Payload = z.output<typeof payloadSchema>;

/** A link is a card of its own under a text; beside photos or a video there is no card, so it joins the text. */
export function composeParts(variant: VariantContent): string[] {
  return variant.media.length === 0 ? variant.parts : withLink(variant);
}

export async function prepare(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant, media } = delivery;
  const [message = ""] = composeParts(variant);
  mustHoldScopes(context, variant);
  const items: PlanItem[] = [];
  const video = media.find(({ mimeType }) => mimeType.startsWith("video/"));
  if (video) {
    const uploaded = await uploadVideo(context, video);
    items.push({ kind: "post", payload: { type: "video", message, ...uploaded } });
  } else {
    const photos: string[] = [];
    for (const file of media) photos.push(await uploadPhoto(context, file));
    const link = media.length === 0 ? variant.link : null;
    items.push({ kind: "post", payload: { type: "feed", message, link, photos } });
  }
  if (variant.firstComment !== null) {
    items.push({ kind: "comment", payload: { type: "comment", message: variant.firstComment } });
  }
  return { items };
}

/** Found out before anything is public, not between a post and its comment. */
function mustHoldScopes(context: ConnectorContext, variant: VariantContent): void {
  if (variant.firstComment === null || context.scopes.includes(commenting.permission)) return;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: "facebook.permission_missing",
    message: `The first comment needs the permission ${commenting.permission}, which was not granted. Connect the channel again and allow it, or remove the first comment. Nothing was published.`,
  });
}

export function payloadOf(plan: Plan, item: ItemRef): Payload {
  return payloadSchema.parse(plan.items[item.index]?.payload);
}

const createdSchema = z.object({ id: z.string().min(1) });
const finishedSchema = z.object({ success: z.literal(true) });

export async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const payload = payloadOf(plan, item);
  switch (payload.type) {
    case "feed": {
      const params: Record<string, string> = {};
      if (payload.message !== "") params["message"] = payload.message;
      if (payload.link !== null) params["link"] = payload.link;
      if (payload.photos.length > 0) {
        params["attached_media"] = JSON.stringify(payload.photos.map((id) => ({ media_fbid: id })));
      }
      const path = `/${context.accountId}/feed`;
      const { id } = await request(platform, context, createdSchema, posting, {
        method: "POST",
        path,
        params,
      });
      return published(context, id);
    }
    case "video": {
      const params = {
        upload_phase: "finish",
        upload_session_id: payload.sessionId,
        ...(payload.message === "" ? {} : { description: payload.message }),
      };
      const path = `/${context.accountId}/videos`;
      const response = await send(platform, context, { method: "POST", path, params });
      if (!isSuccess(response)) throw finishFailure(response);
      parseAnswer(platform, response, finishedSchema);
      return published(context, payload.videoId);
    }
    case "comment": {
      const parent = item.published[0]?.externalId ?? "";
      const { id } = await request(platform, context, createdSchema, commenting, {
        method: "POST",
        path: `/${parent}/comments`,
        params: { message: payload.message },
      });
      return published(context, id);
    }
  }
}

/** An upload that is gone was finished before, or waited too long; after an earlier try that is read back. */
function finishFailure(response: ConnectorResponse): ConnectorFailure {
  if (graphErrorOf(response)?.code !== 6000) return graphFailure(platform, response, posting);
  return new ConnectorFailure({
    verdict: "rejected",
    code: "facebook.duplicate",
    message:
      "Facebook no longer has this upload of the video: it was published already, or it waited too long. Look at the Page; where the video is not there, publish it again.",
    evidence: `${response.status} 6000`,
  });
}

/** Facebook leads `/{id}` of anything to its page. */
export function published(context: ConnectorContext, id: string): Published {
  return { externalId: id, url: `${readSettings(platform, context.settings).dialogUrl}/${id}`, data: {} };
}
