import type { Answer } from "../http.ts";
import { json, Refusal } from "../http.ts";
import { fieldsOf } from "../multipart.ts";
import type { Call } from "../routes.ts";
import { signedIn } from "./oauth.ts";
import type { Media, MediaKind, MastodonState } from "./state.ts";

// Files on their way into a post: https://docs.joinmastodon.org/methods/media/

/** `POST /api/v2/media` */
export function upload(state: MastodonState, { request }: Call): Answer {
  const { accountId } = signedIn(state, request, "write:media");
  const fields = fieldsOf(request);
  const file = fields.get("file")?.bytes;
  if (!file) throw invalid("File can't be blank");
  const type = typeOf(file);
  if (type === null || !state.server.mimeTypes.includes(type)) {
    throw invalid("File content type is invalid, File is invalid");
  }
  // A GIF is an image when it arrives, and has the size of one.
  const most = type.startsWith("video/") ? state.server.videoSizeLimit : state.server.imageSizeLimit;
  if (file.length >= most) {
    const words = `must be less than ${humanSize(most)}`;
    throw invalid(`File file size ${words}, File ${words}`);
  }
  const description = fields.get("description")?.bytes.toString("utf8") ?? "";
  if (Array.from(description).length > state.server.descriptionLimit) {
    throw invalid(`Description is too long (maximum is ${state.server.descriptionLimit} characters)`);
  }
  const readyAt = state.now() + state.server.processingMs;
  const item = {
    id: state.newId(state.now()),
    accountId,
    description,
    readyAt,
    kind: kindOf(type),
    attached: false,
  };
  state.media.set(item.id, item);
  return json(shown(state, item), item.readyAt > state.now() ? 202 : 200);
}

/** `GET /api/v1/media/{id}` */
export function status(state: MastodonState, { request, id }: Call): Answer {
  const { accountId } = signedIn(state, request, "write:media");
  const item = state.media.get(id);
  if (item?.accountId !== accountId) throw new Refusal(404, "not_found", "Record not found");
  return json(shown(state, item), item.readyAt > state.now() ? 206 : 200);
}

/**
 * What a post may take, refused in the order and the words of `PostStatusService`. The guide allows one GIF in a post
 * (https://docs.joinmastodon.org/user/posting/#media) while the server's code looks at video and audio alone: this
 * emulator holds to the guide, so that a client that keeps to it passes everywhere.
 */
export function attachable(state: MastodonState, ids: string[], accountId: string): void {
  if (ids.length > state.server.maxFiles)
    throw refused(`Cannot attach more than ${state.server.maxFiles} files`);
  const files = ids.map((id) => state.media.get(id));
  const missing = ids.filter((_id, index) => {
    const file = files[index];
    return file?.accountId !== accountId || file.attached;
  });
  if (missing.length > 0) {
    throw refused(`Media ${missing.join(", ")} not found or already attached to another post`);
  }
  if (files.length > 1 && files.some((file) => file?.kind !== "image")) {
    throw refused("Cannot attach a video to a post that already contains images");
  }
  if (files.some((file) => (file?.readyAt ?? 0) > state.now())) {
    throw refused("Cannot attach files that have not finished processing. Try again in a moment!");
  }
}

/** From now on these files belong to a post. */
export function attach(state: MastodonState, ids: string[]): void {
  for (const id of ids) {
    const file = state.media.get(id);
    if (file) file.attached = true;
  }
}

/** Files of a post, as it shows them. */
export function shownFiles(state: MastodonState, ids: string[]) {
  return ids.flatMap((id) => state.media.get(id) ?? []).map((item) => shown(state, item));
}

/** The alt text of a file; empty where it has none. */
export function descriptionOf(state: MastodonState, id: string): string {
  return state.media.get(id)?.description ?? "";
}

function shown(state: MastodonState, item: Media) {
  const url = item.readyAt > state.now() ? null : `${state.publicUrl()}/media/${item.id}`;
  return { id: item.id, type: item.kind, url, description: item.description || null };
}

/** What the validations of a record say. */
export function invalid(words: string): Refusal {
  return refused(`Validation failed: ${words}`);
}

function refused(words: string): Refusal {
  return new Refusal(422, "invalid", words);
}

function typeOf(bytes: Buffer): string | null {
  const head = bytes.subarray(0, 12).toString("latin1");
  if (head.slice(4, 8) === "ftyp") return head.slice(8) === "qt  " ? "video/quicktime" : "video/mp4";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("\u0089PNG")) return "image/png";
  if (head.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  return head.slice(8) === "WEBP" ? "image/webp" : null;
}

/** A GIF becomes a video that plays by itself: https://docs.joinmastodon.org/entities/MediaAttachment/#type */
function kindOf(type: string): MediaKind {
  if (type === "image/gif") return "gifv";
  return type.startsWith("video/") ? "video" : "image";
}

/** As Rails writes sizes: 16777216 is "16 MB", 1500 is "1.46 KB". */
function humanSize(bytes: number): string {
  const step = Math.min(3, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const unit = ["Bytes", "KB", "MB", "GB"][step] ?? "GB";
  return `${Number((bytes / 1024 ** step).toPrecision(3))} ${unit}`;
}
