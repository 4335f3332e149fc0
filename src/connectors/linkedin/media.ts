import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isSuccess, parseAnswer } from "../answers.ts";
import { beforeAnyByte } from "../before-any-byte.ts";
import type { ConnectorContext, ConnectorResponse, MediaFile } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import type { MediaKind } from "../media-checks.ts";
import { mediaKind } from "../media-checks.ts";
import { ask, linkedInFailure, readCredentials, send } from "./api.ts";
import { platform, readSettings } from "./settings.ts";

const folders: Record<MediaKind, string> = { image: "images", video: "videos", document: "documents" };

/** Uploads one file in the author's name; its URN. Nobody sees it before a post carries it. */
export async function uploadFile(context: ConnectorContext, file: MediaFile): Promise<string> {
  const kind = mediaKind(file.mimeType);
  const urn = kind === "video" ? await uploadVideo(context, file) : await uploadWhole(context, file, kind);
  await settled(context, urn);
  return urn;
}

/** Waits a little: mostly it takes a second. A video that needs minutes holds up nobody, since `commit` looks again. */
async function settled(context: ConnectorContext, urn: string): Promise<void> {
  const { polls, pollMs } = readSettings(context.settings);
  try {
    for (let poll = 1; poll <= polls && (await statusOf(context, urn)) === "waiting"; poll += 1) {
      await pause(pollMs);
    }
  } catch (error) {
    // The upload is there; what the question came to is no reason to make another.
    if (!(error instanceof ConnectorFailure)) throw error;
  }
}

const whole = z.object({
  value: z.object({
    uploadUrl: z.url(),
    image: z.string().optional(),
    document: z.string().optional(),
  }),
});

async function uploadWhole(
  context: ConnectorContext,
  file: MediaFile,
  kind: "image" | "document",
): Promise<string> {
  const { value } = await ask(context, whole, {
    method: "POST",
    path: `/rest/${folders[kind]}?action=initializeUpload`,
    json: { initializeUploadRequest: { owner: context.accountId } },
  });
  const urn = value[kind];
  if (urn === undefined) throw unclear("LinkedIn opened an upload but did not name it.");
  const bytes = kind === "image" ? await file.read() : await firstOf(file.chunks(file.bytes));
  await put(context, value.uploadUrl, bytes, { authorized: true });
  return urn;
}

async function firstOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all.length === 1 && all[0] ? all[0] : Buffer.concat(all);
}

const inParts = z.object({
  value: z.object({
    video: z.string(),
    uploadToken: z.string().default(""),
    uploadInstructions: z
      .array(z.object({ uploadUrl: z.url(), firstByte: z.number(), lastByte: z.number() }))
      .min(1),
  }),
});

/** In the parts that LinkedIn cuts it into, each of one size but the last; their ETags complete it. */
async function uploadVideo(context: ConnectorContext, file: MediaFile): Promise<string> {
  const { value } = await ask(context, inParts, {
    method: "POST",
    path: "/rest/videos?action=initializeUpload",
    json: {
      initializeUploadRequest: {
        owner: context.accountId,
        fileSizeBytes: file.bytes,
        uploadCaptions: false,
        uploadThumbnail: false,
      },
    },
  });
  const parts = value.uploadInstructions.toSorted((left, right) => left.firstByte - right.firstByte);
  const size = (parts[0]?.lastByte ?? 0) + 1;
  const uploadedPartIds: string[] = [];
  for await (const chunk of file.chunks(size)) {
    const part = parts[uploadedPartIds.length];
    if (part === undefined || part.lastByte - part.firstByte + 1 !== chunk.length) {
      throw unclear("LinkedIn wants this video in other parts than it has.");
    }
    const response = await put(context, part.uploadUrl, chunk, { authorized: false });
    const etag = response.headers["etag"];
    if (etag === undefined) throw unclear("LinkedIn took a part of the video but gave no receipt for it.");
    uploadedPartIds.push(etag.replaceAll('"', ""));
  }
  const response = await send(context, {
    method: "POST",
    path: "/rest/videos?action=finalizeUpload",
    json: { finalizeUploadRequest: { video: value.video, uploadToken: value.uploadToken, uploadedPartIds } },
  });
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  return value.video;
}

async function put(
  context: ConnectorContext,
  url: string,
  body: Uint8Array,
  { authorized }: { authorized: boolean },
): Promise<ConnectorResponse> {
  if (!isLinkedIns(context, url)) throw unclear("LinkedIn named an upload address that is not its own.");
  const response = await context.http.request({
    method: "PUT",
    url,
    headers: {
      "content-type": "application/octet-stream",
      // The addresses of video parts are signed instead.
      ...(authorized ? { authorization: `Bearer ${readCredentials(context).accessToken}` } : {}),
    },
    body,
  });
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  return response;
}

/** The token goes to LinkedIn alone, whatever an answer names. */
function isLinkedIns(context: ConnectorContext, address: string): boolean {
  const url = new URL(address);
  const { apiUrl, webUrl } = readSettings(context.settings);
  if (url.origin === new URL(apiUrl).origin || url.origin === new URL(webUrl).origin) return true;
  return url.protocol === "https:" && /(?:^|\.)linkedin\.com$/.test(url.hostname);
}

const status = z.object({ status: z.string() });

/** `waiting`: it is being processed; `ready` also where LinkedIn does not let this token ask. */
async function statusOf(context: ConnectorContext, urn: string): Promise<"ready" | "waiting" | "failed"> {
  const kind = (["video", "document", "image"] as const).find((name) => urn.startsWith(`urn:li:${name}:`));
  const path = `/rest/${folders[kind ?? "image"]}/${encodeURIComponent(urn)}`;
  const response = await send(context, { method: "GET", path });
  if (response.status === 403) return "ready";
  // A fresh upload may not be known everywhere yet.
  if (response.status === 404) return "waiting";
  if (!isSuccess(response)) throw linkedInFailure(context, response);
  switch (parseAnswer(platform, response, status).status) {
    case "AVAILABLE":
      return "ready";
    case "PROCESSING_FAILED":
      return "failed";
    default:
      return "waiting";
  }
}

const nextLookSeconds = 15;

/** Throws unless all uploads are ready. It comes before the visible call, so no failure of it is ambiguous. */
export async function requireReady(context: ConnectorContext, urns: string[]): Promise<void> {
  for (const urn of urns) {
    const found = await beforeAnyByte(() => statusOf(context, urn));
    if (found === "ready") continue;
    if (found === "failed") {
      throw new ConnectorFailure({
        verdict: "rejected",
        code: "linkedin.media_failed",
        message:
          "LinkedIn could not process a file of this post. Save it anew (a video as MP4 with H.264, a document as plain PDF) and put it into the post again.",
        evidence: urn,
      });
    }
    throw new ConnectorFailure({
      verdict: "not_sent",
      code: "linkedin.media_processing",
      message: "LinkedIn is still processing a file of this post; it goes out as soon as that is done.",
      retryAfterSeconds: nextLookSeconds,
      evidence: urn,
    });
  }
}

function unclear(message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "unknown", code: "linkedin.unreadable_answer", message });
}
