import type { Answer, EmulatorRequest } from "../http.ts";
import { json, Refusal } from "../http.ts";
import { fieldsOf } from "../multipart.ts";
import type { MastodonServer } from "./instance.ts";

type Kind = "image" | "gifv" | "video";
type Media = {
  id: string;
  accountId: string;
  description: string;
  readyAt: number;
  kind: Kind;
  /** A file belongs to one post. */
  attached: boolean;
};

type Parts = {
  server: MastodonServer;
  now: () => number;
  newId: (at: number) => string;
  publicUrl: () => string;
};

/** Files on their way into a post: https://docs.joinmastodon.org/methods/media/ */
export function createMedia({ server, now, newId, publicUrl }: Parts) {
  const known = new Map<string, Media>();

  function upload(request: EmulatorRequest, accountId: string): Answer {
    const fields = fieldsOf(request);
    const file = fields.get("file")?.bytes;
    if (!file) throw invalid("File can't be blank");
    const type = typeOf(file);
    if (type === null || !server.mimeTypes.includes(type)) {
      throw invalid("File content type is invalid, File is invalid");
    }
    // A GIF is an image when it arrives, and has the size of one.
    const most = type.startsWith("video/") ? server.videoSizeLimit : server.imageSizeLimit;
    if (file.length >= most) {
      const words = `must be less than ${humanSize(most)}`;
      throw invalid(`File file size ${words}, File ${words}`);
    }
    const description = fields.get("description")?.bytes.toString("utf8") ?? "";
    if (Array.from(description).length > server.descriptionLimit) {
      throw invalid(`Description is too long (maximum is ${server.descriptionLimit} characters)`);
    }
    const readyAt = now() + server.processingMs;
    const item = { id: newId(now()), accountId, description, readyAt, kind: kindOf(type), attached: false };
    known.set(item.id, item);
    return json(shown(item), item.readyAt > now() ? 202 : 200);
  }

  function status(id: string, accountId: string): Answer {
    const item = known.get(id);
    if (item?.accountId !== accountId) throw new Refusal(404, "not_found", "Record not found");
    return json(shown(item), item.readyAt > now() ? 206 : 200);
  }

  /**
   * What a post may take, refused in the order and the words of `PostStatusService`. The guide allows one GIF in a post
   * (https://docs.joinmastodon.org/user/posting/#media) while the server's code looks at video and audio alone: this
   * emulator holds to the guide, so that a client that keeps to it passes everywhere.
   */
  function attachable(ids: string[], accountId: string): void {
    if (ids.length > server.maxFiles) throw refused(`Cannot attach more than ${server.maxFiles} files`);
    const files = ids.map((id) => known.get(id));
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
    if (files.some((file) => (file?.readyAt ?? 0) > now())) {
      throw refused("Cannot attach files that have not finished processing. Try again in a moment!");
    }
  }

  function attach(ids: string[]): void {
    for (const id of ids) {
      const file = known.get(id);
      if (file) file.attached = true;
    }
  }

  function shown(item: Media) {
    const url = item.readyAt > now() ? null : `${publicUrl()}/media/${item.id}`;
    return { id: item.id, type: item.kind, url, description: item.description || null };
  }

  return {
    upload,
    status,
    attachable,
    attach,
    shown: (ids: string[]) => ids.flatMap((id) => known.get(id) ?? []).map(shown),
    descriptionOf: (id: string) => known.get(id)?.description ?? "",
  };
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
function kindOf(type: string): Kind {
  if (type === "image/gif") return "gifv";
  return type.startsWith("video/") ? "video" : "image";
}

/** As Rails writes sizes: 16777216 is "16 MB", 1500 is "1.46 KB". */
function humanSize(bytes: number): string {
  const step = Math.min(3, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const unit = ["Bytes", "KB", "MB", "GB"][step] ?? "GB";
  return `${Number((bytes / 1024 ** step).toPrecision(3))} ${unit}`;
}
