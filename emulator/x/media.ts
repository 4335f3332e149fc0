import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Call } from "../routes.ts";
import { refuse } from "./errors.ts";
import { authenticate } from "./oauth.ts";
import type { XMedia, XState } from "./state.ts";

// Uploads: nobody sees them before a post carries them.

const imageBytes = 5_242_880;
const gifBytes = 15_728_640;
const videoBytes = 512 * 1_048_576;
const prefixes: Record<string, string> = { tweet_image: "3", tweet_gif: "16", tweet_video: "7" };

function add(state: XState, accountId: string, fields: Partial<XMedia>): XMedia {
  const media: XMedia = {
    id: state.newId(state.now()),
    accountId,
    category: "tweet_image",
    mimeType: "image/jpeg",
    chunks: new Map(),
    totalBytes: 0,
    bytes: null,
    altText: "",
    readyAt: null,
    failed: false,
    ...fields,
  };
  state.media.set(media.id, media);
  return media;
}

/** POST /2/media/upload: an image in one request. */
export function upload(state: XState, { request }: Call): Answer {
  const { accountId } = authenticate(state, request, "media.write");
  const body = jsonBody(request);
  const bytes = Buffer.from(typeof body["media"] === "string" ? body["media"] : "", "base64");
  const mimeType = typeOf(bytes);
  if (body["media_category"] !== "tweet_image") throw refuse("invalid", "This upload takes images alone.");
  if (mimeType === null || !mimeType.startsWith("image/"))
    throw refuse("invalid", "media type unrecognized.");
  if (bytes.length > imageBytes) throw refuse("invalid", "File size exceeds 5242880 bytes.");
  return json({ data: described(state, add(state, accountId, { bytes, mimeType, readyAt: state.now() })) });
}

/** POST /2/media/upload/initialize */
export function initialize(state: XState, { request }: Call): Answer {
  const { accountId } = authenticate(state, request, "media.write");
  const body = jsonBody(request);
  const category = String(body["media_category"]);
  const totalBytes = Number(body["total_bytes"]);
  const most = { tweet_image: imageBytes, tweet_gif: gifBytes, tweet_video: videoBytes }[category];
  if (most === undefined) throw refuse("invalid", "media_category is invalid.");
  if (!(totalBytes > 0 && totalBytes <= most)) throw refuse("invalid", `File size exceeds ${most} bytes.`);
  const media = add(state, accountId, { category, totalBytes, mimeType: String(body["media_type"]) });
  return json({ data: { id: media.id, media_key: keyOf(media), expires_after_secs: 86_400 } });
}

/** POST /2/media/upload/{id}/append */
export function append(state: XState, { request, id }: Call): Answer {
  const media = own(state, request, id);
  const body = jsonBody(request);
  const bytes = Buffer.from(typeof body["media"] === "string" ? body["media"] : "", "base64");
  if (media.readyAt !== null || bytes.length === 0 || bytes.length > imageBytes) throw refuse("invalid");
  media.chunks.set(Number(body["segment_index"]), bytes);
  return json({ data: { expires_at: Math.trunc(state.now() / 1000) + 86_400 } });
}

/** POST /2/media/upload/{id}/finalize */
export function finalize(state: XState, { request, id }: Call): Answer {
  const media = own(state, request, id);
  const indexes = [...media.chunks.keys()].sort((left, right) => left - right);
  const whole = Buffer.concat(indexes.map((index) => media.chunks.get(index) ?? Buffer.alloc(0)));
  if (indexes.some((index, place) => index !== place) || whole.length !== media.totalBytes) {
    throw refuse("invalid", "Segments do not add up to provided total file size.");
  }
  if (typeOf(whole) !== media.mimeType) throw refuse("invalid", "media type unrecognized.");
  media.bytes = whole;
  media.chunks.clear();
  const processed = media.category !== "tweet_image";
  media.readyAt = state.now() + (processed ? state.switches.processingMs : 0);
  media.failed = processed && state.switches.processingFails;
  return json({ data: described(state, media) });
}

/** GET /2/media/upload?command=STATUS&media_id= */
export function status(state: XState, { request }: Call): Answer {
  return json({ data: described(state, own(state, request, request.query.get("media_id") ?? "")) });
}

/** POST /2/media/metadata: alt text. */
export function metadata(state: XState, { request }: Call): Answer {
  const body = jsonBody(request) as { id?: string; metadata?: { alt_text?: { text?: string } } };
  const media = own(state, request, body.id ?? "");
  media.altText = body.metadata?.alt_text?.text ?? "";
  return json({ data: { id: media.id, associated_metadata: { alt_text: { text: media.altText } } } });
}

function own(state: XState, request: EmulatorRequest, id: string): XMedia {
  const { accountId } = authenticate(state, request, "media.write");
  const media = state.media.get(id);
  if (!media || media.accountId !== accountId)
    throw refuse("not-found", `Could not find media with id: [${id}].`);
  return media;
}

function described(state: XState, media: XMedia): Record<string, unknown> {
  const waiting = media.readyAt !== null && media.readyAt > state.now();
  const asynchronous = media.category !== "tweet_image";
  const processing = waiting
    ? { state: "in_progress", check_after_secs: 1, progress_percent: 50 }
    : media.failed
      ? { state: "failed", progress_percent: 100 }
      : { state: "succeeded", progress_percent: 100 };
  return {
    id: media.id,
    media_key: keyOf(media),
    expires_after_secs: 86_400,
    size: media.bytes?.length ?? 0,
    ...(asynchronous ? { processing_info: processing } : {}),
  };
}

/** Media that a post may carry: up to four images, or one GIF, or one video, all processed. */
export function attachable(state: XState, ids: unknown, accountId: string): XMedia[] {
  if (ids === undefined) return [];
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 4) throw refuse("media-failed");
  const media = ids.map((id: unknown) => {
    const found = typeof id === "string" ? state.media.get(id) : undefined;
    if (!found || found.accountId !== accountId || found.readyAt === null) throw refuse("media-failed");
    if (found.failed || found.readyAt > state.now()) throw refuse("media-failed");
    return found;
  });
  if (media.length > 1 && media.some((item) => item.category !== "tweet_image")) {
    throw refuse("invalid", "You may attach up to 4 photos, 1 animated GIF or 1 video.");
  }
  return media;
}

/** Whatever is being processed is done now. */
export function finishAll(state: XState): void {
  for (const item of state.media.values()) if (item.readyAt !== null) item.readyAt = state.now();
}

/** As posts name their media. */
export function keyOf(media: Pick<XMedia, "id" | "category">): string {
  return `${prefixes[media.category] ?? "3"}_${media.id}`;
}

/** By their first bytes. */
function typeOf(bytes: Buffer): string | null {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return "image/jpeg";
  if (bytes.subarray(1, 4).toString("latin1") === "PNG") return "image/png";
  if (bytes.subarray(0, 3).toString("latin1") === "GIF") return "image/gif";
  if (bytes.subarray(8, 12).toString("latin1") === "WEBP") return "image/webp";
  if (bytes.subarray(4, 8).toString("latin1") === "ftyp") {
    return bytes.subarray(8, 12).toString("latin1") === "qt  " ? "video/quicktime" : "video/mp4";
  }
  return null;
}
