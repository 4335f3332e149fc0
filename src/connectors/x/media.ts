import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { ConnectorContext, MediaFile } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { call } from "./api.ts";

// Each request in one piece of at most 5 MB, less what base64 adds.
const segmentBytes = 2_500_000;
const longestStepMs = 5_000;
const mostWaitMs = 10_000;

const processingSchema = z.object({ state: z.string().catch(""), check_after_secs: z.number().catch(1) });
type Processing = z.output<typeof processingSchema>;

const uploadedSchema = z.object({
  data: z.object({ id: z.string().regex(/^\d{1,19}$/), processing_info: processingSchema.optional() }),
});
type Uploaded = z.output<typeof uploadedSchema>["data"];

/** `isReady`: false where X was still processing it. */
export type UploadedMedia = { id: string; isReady: boolean };

/** Uploads a file, attaches its alt text, and waits a moment for X to process it. */
export async function upload(context: ConnectorContext, file: MediaFile): Promise<UploadedMedia> {
  if (!context.scopes.includes("media.write")) {
    throw new ConnectorFailure({
      verdict: "rejected",
      code: "x.permission_missing",
      message:
        "This channel may not upload images: “media.write” was left out when it was connected. Connect it again and allow it, or take the image off.",
    });
  }
  const uploaded =
    categoryOf(file.mimeType) === "tweet_image"
      ? await uploadWhole(context, await file.read())
      : await uploadParts(context, file);
  if (file.altText !== "") {
    await call(context, z.unknown(), "POST", "/2/media/metadata", {
      id: uploaded.id,
      metadata: { alt_text: { text: file.altText } },
    });
  }
  return { id: uploaded.id, isReady: await isProcessed(context, uploaded) };
}

/** One of "tweet_image", "tweet_gif", "tweet_video". */
function categoryOf(mimeType: string): string {
  if (mimeType.startsWith("video/")) return "tweet_video";
  return mimeType === "image/gif" ? "tweet_gif" : "tweet_image";
}

async function uploadWhole(context: ConnectorContext, bytes: Uint8Array): Promise<Uploaded> {
  const body = { media: base64(bytes), media_category: "tweet_image" };
  return (await call(context, uploadedSchema, "POST", "/2/media/upload", body)).data;
}

/** https://docs.x.com/x-api/media/quickstart/media-upload-chunked */
async function uploadParts(context: ConnectorContext, file: MediaFile): Promise<Uploaded> {
  const { data } = await call(context, uploadedSchema, "POST", "/2/media/upload/initialize", {
    media_category: categoryOf(file.mimeType),
    media_type: file.mimeType,
    total_bytes: file.bytes,
  });
  let index = 0;
  for await (const segment of file.chunks(segmentBytes)) {
    await call(context, z.unknown(), "POST", `/2/media/upload/${data.id}/append`, {
      media: base64(segment),
      segment_index: index,
    });
    index += 1;
  }
  return (await call(context, uploadedSchema, "POST", `/2/media/upload/${data.id}/finalize`)).data;
}

/**
 * Waits for a moment; whether the media is ready. A video may need minutes, which `assertReady` waits for. It asks
 * again too where a question comes to nothing: the upload is there, and that is no reason to make another.
 */
async function isProcessed(context: ConnectorContext, uploaded: Uploaded): Promise<boolean> {
  let info = uploaded.processing_info;
  for (let waitedMs = 0; ;) {
    if (isReady(info)) return true;
    if (waitedMs >= mostWaitMs) return false;
    const waitMs = Math.min(longestStepMs, secondsOf(info) * 1000);
    await pause(waitMs, undefined, { signal: context.signal }).catch(() => undefined);
    if (context.signal.aborted) return false;
    waitedMs += waitMs;
    try {
      info = await statusOf(context, uploaded.id);
    } catch (error) {
      if (error instanceof ConnectorFailure) return false;
      throw error;
    }
  }
}

/**
 * Right before a post goes out: its media must be processed, or X would refuse it. Nothing is visible yet
 * whatever fails here, so the post waits and comes back with the same uploads.
 */
export async function assertReady(context: ConnectorContext, mediaId: string): Promise<void> {
  const info = await statusOf(context, mediaId).catch((error: unknown) => {
    if (error instanceof ConnectorFailure && error.verdict === "unknown") {
      const { code, message } = error;
      throw new ConnectorFailure({ verdict: "not_sent", code, message, cause: error });
    }
    throw error;
  });
  if (isReady(info)) return;
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "x.media_pending",
    message: "X is still processing the video; the post goes out when it is done.",
    retryAfterSeconds: secondsOf(info),
  });
}

async function statusOf(context: ConnectorContext, id: string): Promise<Processing | undefined> {
  const query = new URLSearchParams({ command: "STATUS", media_id: id });
  const { data } = await call(context, uploadedSchema, "GET", `/2/media/upload?${query.toString()}`);
  return data.processing_info;
}

function isReady(info: Processing | undefined): boolean {
  if (info?.state !== "failed") return info === undefined || info.state === "succeeded";
  throw new ConnectorFailure({
    verdict: "rejected",
    code: "x.media_failed",
    message: "X could not process this file. Save it again in another format, and attach that.",
  });
}

function secondsOf(info: Processing | undefined): number {
  return Math.max(1, info?.check_after_secs ?? 1);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
