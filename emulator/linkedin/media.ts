import { createHash } from "node:crypto";
import type { Answer, EmulatorRequest } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Call } from "../routes.ts";
import { authenticateAuthor } from "./authors.ts";
import { accessDenied, badRequest, notFound } from "./errors.ts";
import type { LinkedInState, Media, MediaKind } from "./state.ts";
import { newMediaUrn, newSecret } from "./state.ts";

// Uploads: initialize, PUT the bytes (a video in parts, then finalize with their ETags), ask for the status.

/** The platform cuts videos into parts of this size. */
const videoPartBytes = 4_194_304;
const uploadLifeMs = 24 * 3600 * 1000;
const mostDocumentBytes = 100_000_000;
const mostVideoBytes = 500_000_000;

const kinds: Record<string, MediaKind> = { images: "image", videos: "video", documents: "document" };

/** `resource`: `images`, `videos` or `documents`. */
type MediaCall = Call & { resource: string };

const magic: Record<MediaKind, (bytes: Buffer) => boolean> = {
  image: (bytes) =>
    bytes.subarray(0, 4).equals(Buffer.from("89504e47", "hex")) ||
    bytes.subarray(0, 3).equals(Buffer.from("ffd8ff", "hex")) ||
    bytes.subarray(0, 4).toString("latin1") === "GIF8",
  video: (bytes) => bytes.subarray(4, 8).toString("latin1") === "ftyp",
  document: (bytes) => bytes.subarray(0, 5).toString("latin1") === "%PDF-",
};

/** `POST /rest/{images|videos|documents}?action=…` */
export function act(state: LinkedInState, { request, resource }: MediaCall): Answer {
  const kind = kinds[resource];
  if (kind === undefined) throw notFound(`No resource ${resource}`);
  const action = request.query.get("action");
  if (action === "initializeUpload") return initialize(state, request, kind);
  if (action === "finalizeUpload" && kind === "video") return finalize(state, request);
  throw badRequest(`Unknown action ${action ?? ""}`);
}

function initialize(state: LinkedInState, request: EmulatorRequest, kind: MediaKind): Answer {
  const wanted = objectAt(jsonBody(request), "initializeUploadRequest");
  const owner = typeof wanted["owner"] === "string" ? wanted["owner"] : "";
  authenticateAuthor(state, request, { author: owner, resource: "initializeUpload" });
  const size = wanted["fileSizeBytes"];
  if (kind === "video" && (typeof size !== "number" || size < 1 || size > mostVideoBytes)) {
    throw badRequest("fileSizeBytes is the size of the video, 75 KB to 500 MB");
  }
  const media: Media = {
    urn: newMediaUrn(kind),
    kind,
    owner,
    parts: [],
    sha256: null,
    expectedBytes: kind === "video" ? Number(size) : null,
    uploadToken: newSecret(),
    availableAt: null,
  };
  state.media.set(media.urn, media);
  state.mediaByToken.set(media.uploadToken, media);
  const expires = state.now() + uploadLifeMs;
  if (kind === "video") return json({ value: videoInstructions(state, media, expires) });
  return json({
    value: { uploadUrlExpiresAt: expires, uploadUrl: addressOf(state, media, 0), [kind]: media.urn },
  });
}

function videoInstructions(state: LinkedInState, media: Media, expires: number) {
  const total = media.expectedBytes ?? 0;
  const count = Math.ceil(total / videoPartBytes);
  return {
    uploadUrlsExpireAt: expires,
    video: media.urn,
    uploadToken: "",
    uploadInstructions: Array.from({ length: count }, (_, part) => ({
      uploadUrl: addressOf(state, media, part),
      firstByte: part * videoPartBytes,
      lastByte: Math.min((part + 1) * videoPartBytes, total) - 1,
    })),
  };
}

function addressOf(state: LinkedInState, media: Media, part: number): string {
  return `${state.publicUrl()}/dms-uploads/${media.uploadToken}/${part}`;
}

/** `PUT /dms-uploads/{token}/{part}` */
export function upload(
  state: LinkedInState,
  request: EmulatorRequest,
  { token, part }: { token: string; part: number },
): Answer {
  const media = state.mediaByToken.get(token);
  if (!media) throw notFound("No such upload");
  // The video's addresses are signed; those of images and documents want the member's token too.
  if (media.kind !== "video") authenticateAuthor(state, request, { author: media.owner, resource: "upload" });
  if (request.body.length === 0) throw badRequest("The body holds the bytes");
  if (part === 0 && !magic[media.kind](request.body)) throw badRequest(`These bytes are no ${media.kind}`);
  if (media.kind === "document" && request.body.length > mostDocumentBytes) {
    throw badRequest("A document has at most 100 MB");
  }
  const etag = `"${createHash("md5").update(request.body).digest("hex")}"`;
  media.parts[part] = { etag, bytes: request.body };
  if (media.kind !== "video") processed(state, media);
  return { status: media.kind === "video" ? 200 : 201, headers: { etag }, body: "" };
}

function finalize(state: LinkedInState, request: EmulatorRequest): Answer {
  const wanted = objectAt(jsonBody(request), "finalizeUploadRequest");
  const media = state.media.get(String(wanted["video"]));
  if (!media || media.kind !== "video") throw notFound("No such video");
  authenticateAuthor(state, request, { author: media.owner, resource: "finalizeUpload" });
  const ids = Array.isArray(wanted["uploadedPartIds"]) ? wanted["uploadedPartIds"].map(String) : [];
  const known = media.parts.map(({ etag }) => etag.replaceAll('"', ""));
  const complete =
    ids.length === known.length && ids.every((id, index) => id.replaceAll('"', "") === known[index]);
  const bytes = media.parts.reduce((sum, part) => sum + part.bytes.length, 0);
  if (!complete || bytes !== media.expectedBytes) throw badRequest("Not all parts are uploaded");
  processed(state, media);
  return json({});
}

function processed(state: LinkedInState, media: Media): void {
  const hash = createHash("sha256");
  for (const { bytes } of media.parts) hash.update(bytes);
  media.sha256 = hash.digest("hex");
  media.parts = [];
  media.availableAt = state.now() + state.switches.processingMs;
}

/** `GET /rest/{images|videos|documents}/{urn}` */
export function status(state: LinkedInState, { request, resource, id }: MediaCall): Answer {
  const media = state.media.get(id);
  if (!media || media.kind !== kinds[resource]) throw notFound("No such media");
  authenticateAuthor(state, request, { author: media.owner, resource: `${resource}.GET` });
  return json({ id: media.urn, owner: media.owner, status: statusOf(state, media) });
}

function statusOf(state: LinkedInState, media: Media): string {
  if (media.availableAt === null) return "WAITING_UPLOAD";
  if (media.availableAt > state.now()) return "PROCESSING";
  return state.switches.processingFails ? "PROCESSING_FAILED" : "AVAILABLE";
}

function objectAt(body: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = body[key];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw badRequest(`${key} is missing`);
}

/** Media that a post may carry: its author's own, and ready. */
export function carried(state: LinkedInState, urn: string, author: string): Media {
  const media = state.media.get(urn);
  if (!media) throw badRequest(`No such media: ${urn}`);
  if (media.owner !== author) throw accessDenied(urn);
  if (statusOf(state, media) !== "AVAILABLE") throw badRequest(`The media ${urn} is not ready to be used`);
  return media;
}
