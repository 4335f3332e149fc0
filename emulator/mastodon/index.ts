import { randomBytes } from "node:crypto";
import type { Twist } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, jsonBody, Refusal } from "../http.ts";
import type { Platform, PlatformClock, PlatformOptions, PlatformRules, Visible } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { setSwitches } from "../switches.ts";
import { createShelf } from "../shelf.ts";
import { fieldsOf } from "../multipart.ts";
import { createOAuth } from "./oauth.ts";

type Media = { id: string; accountId: string; description: string; readyAt: number; kind: string };
type Status = {
  id: string;
  accountId: string;
  text: string;
  spoilerText: string;
  visibility: string;
  language: string | null;
  mediaIds: string[];
  inReplyTo: string | null;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
};

const hourMs = 3_600_000;

/**
 * Starts a Mastodon server as docs.joinmastodon.org describes it: apps that register themselves, OAuth with PKCE,
 * asynchronous media, statuses with idempotency keys that live an hour, 300 posts in three hours.
 * `PUT /control/mastodon` `{processingMs, maxCharacters, maxFiles, perUrl, descriptionLimit, imageSizeLimit,
 * videoSizeLimit, postsPerWindow}` changes the server.
 */
export function startMastodon(options: PlatformOptions): Promise<Platform> {
  return startPlatform(({ clock, publicUrl }) => rulesOf(clock, publicUrl), options);
}

function refused({ status, message, headers }: Refusal): Answer {
  return json({ error: message }, status, headers);
}

function rulesOf(clock: PlatformClock, publicUrl: () => string): PlatformRules {
  const server = {
    processingMs: 0,
    maxCharacters: 500,
    maxFiles: 4,
    perUrl: 23,
    descriptionLimit: 1500,
    imageSizeLimit: 16_777_216,
    videoSizeLimit: 103_809_024,
    postsPerWindow: 300,
  };
  const media = new Map<string, Media>();
  const keys = new Map<string, { id: string; expiresAt: number }>();
  const statuses = createShelf<Status>(
    ({ id }) => [id],
    ({ accountId }) => [accountId],
  );
  let taken = 0n;

  function now(): number {
    return clock.now().getTime();
  }

  /** Grows with time: milliseconds in the upper bits, as Mastodon's snowflakes. */
  function newId(at: number): string {
    taken += 1n;
    return String((BigInt(at) << 16n) + (taken & 0xffffn));
  }

  const oauth = createOAuth({ now, newId });
  const { accounts, signedIn } = oauth;

  function uploadMedia(request: EmulatorRequest): Answer {
    const { accountId } = signedIn(request, "write:media");
    const fields = fieldsOf(request);
    const file = fields.get("file");
    const kind = typeOf(file?.bytes ?? Buffer.alloc(0));
    if (kind === null) throw new Refusal(422, "invalid", "Validation failed: File content type is invalid");
    const most = kind === "video" ? server.videoSizeLimit : server.imageSizeLimit;
    if ((file?.bytes.length ?? 0) > most) {
      throw new Refusal(422, "invalid", `Validation failed: File file size must be less than ${most} bytes`);
    }
    const description = fields.get("description")?.bytes.toString("utf8") ?? "";
    if (Array.from(description).length > server.descriptionLimit)
      throw new Refusal(422, "invalid", "Validation failed: Description is too long");
    const item = { id: newId(now()), accountId, description, readyAt: now() + server.processingMs, kind };
    media.set(item.id, item);
    return json(shownMedia(item), item.readyAt > now() ? 202 : 200);
  }

  function mediaStatus(request: EmulatorRequest, id: string): Answer {
    signedIn(request, "write:media");
    const item = media.get(id);
    if (!item) throw new Refusal(404, "not_found", "Record not found");
    return json(shownMedia(item), item.readyAt > now() ? 206 : 200);
  }

  function shownMedia(item: Media) {
    const url = item.readyAt > now() ? null : `${publicUrl()}/media/${item.id}`;
    return { id: item.id, type: item.kind, url, description: item.description || null };
  }

  function create(request: EmulatorRequest, twist: Twist): Answer {
    const { accountId } = signedIn(request, "write:statuses");
    const key = `${accountId} ${String(request.headers["idempotency-key"] ?? randomBytes(8).toString("hex"))}`;
    const before = keys.get(key);
    const known = before && before.expiresAt > now() ? statuses.get(before.id) : undefined;
    if (known) return json(shown(known));
    const recent = statuses.of(accountId).filter((one) => one.createdAt > now() - 3 * hourMs);
    if (recent.length >= server.postsPerWindow) throw tooMany(3 * 3600);
    const status = statusFrom(jsonBody(request), accountId, twist);
    statuses.add(status);
    keys.set(key, { id: status.id, expiresAt: now() + hourMs });
    if (twist.ghost) statuses.add({ ...status, id: newId(status.createdAt), ghost: true });
    return json(shown(status));
  }

  function statusFrom(body: Record<string, unknown>, accountId: string, twist: Twist): Status {
    const text = typeof body["status"] === "string" ? body["status"] : "";
    const spoilerText = typeof body["spoiler_text"] === "string" ? body["spoiler_text"] : "";
    const mediaIds = Array.isArray(body["media_ids"]) ? body["media_ids"].map(String) : [];
    const inReplyTo = typeof body["in_reply_to_id"] === "string" ? body["in_reply_to_id"] : null;
    if (text.trim() === "" && mediaIds.length === 0)
      throw new Refusal(422, "invalid", "Validation failed: Text can't be blank");
    if (lengthOf(text, server.perUrl) + lengthOf(spoilerText, server.perUrl) > server.maxCharacters) {
      throw new Refusal(
        422,
        "invalid",
        `Validation failed: Text character limit of ${server.maxCharacters} exceeded`,
      );
    }
    const files = mediaIds.map((id) => media.get(id));
    if (files.some((file) => file?.accountId !== accountId) || files.length > server.maxFiles) {
      throw new Refusal(422, "invalid", "Cannot attach these files. Try again in a moment!");
    }
    if (files.some((file) => (file?.readyAt ?? 0) > now())) {
      throw new Refusal(
        422,
        "invalid",
        "Cannot attach files that have not finished processing. Try again in a moment!",
      );
    }
    if (files.length > 1 && files.some((file) => file?.kind === "video" || file?.kind === "gifv")) {
      throw new Refusal(422, "invalid", "Cannot attach a video to a post that already contains images");
    }
    if (inReplyTo !== null && !statuses.get(inReplyTo)) {
      throw new Refusal(404, "not_found", "The post you are trying to reply to does not appear to exist.");
    }
    const createdAt = now() + twist.commitMs;
    return {
      id: newId(createdAt),
      accountId,
      text,
      spoilerText,
      visibility: typeof body["visibility"] === "string" ? body["visibility"] : "public",
      language: typeof body["language"] === "string" ? body["language"] : null,
      mediaIds,
      inReplyTo,
      createdAt,
      listedAt: createdAt + twist.listingMs,
      ghost: false,
    };
  }

  function list(request: EmulatorRequest, accountId: string, twist: Twist): Answer {
    signedIn(request, "read:statuses");
    const limit = Math.min(Number(request.query.get("limit") ?? "20"), 40);
    const below = request.query.get("max_id");
    const rows = statuses
      .of(accountId)
      .filter((one) => one.createdAt <= now() && one.listedAt <= now())
      .filter((one) => below === null || BigInt(one.id) < BigInt(below))
      .sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? 1 : -1))
      .slice(0, limit);
    return json((twist.shuffle ? rows.toReversed() : rows).map(shown));
  }

  function source(request: EmulatorRequest, id: string): Answer {
    signedIn(request, "read:statuses");
    const status = statuses.get(id);
    if (!status || status.createdAt > now()) throw new Refusal(404, "not_found", "Record not found");
    return json({ id, text: status.text, spoiler_text: status.spoilerText });
  }

  function addressOf(status: Status): string {
    return `${publicUrl()}/@${accounts.get(status.accountId)?.username ?? ""}/${status.id}`;
  }

  function shown(status: Status) {
    return {
      id: status.id,
      created_at: new Date(status.createdAt).toISOString(),
      in_reply_to_id: status.inReplyTo,
      spoiler_text: status.spoilerText,
      visibility: status.visibility,
      language: status.language,
      uri: `${publicUrl()}/statuses/${status.id}`,
      url: addressOf(status),
      content: `<p>${escaped(status.text)
        .replaceAll(/\n{2,}/g, "</p><p>")
        .replaceAll("\n", "<br />")}</p>`,
      media_attachments: status.mediaIds.flatMap((id) => media.get(id) ?? []).map(shownMedia),
    };
  }

  function answer(request: EmulatorRequest, twist: Twist): Answer {
    const { method, path } = request;
    const [, listed] = /^\/api\/v1\/accounts\/(\d+)\/statuses$/.exec(path) ?? [];
    const [, sourced] = /^\/api\/v1\/statuses\/(\d+)\/source$/.exec(path) ?? [];
    const [, processing] = /^\/api\/v1\/media\/(\d+)$/.exec(path) ?? [];
    if (method === "GET" && listed !== undefined) return list(request, listed, twist);
    if (method === "GET" && sourced !== undefined) return source(request, sourced);
    if (method === "GET" && processing !== undefined) return mediaStatus(request, processing);
    switch (`${method} ${path}`) {
      case "POST /api/v1/apps":
        return oauth.register(request);
      case "GET /oauth/authorize":
      case "POST /oauth/authorize":
        return oauth.authorize(request);
      case "POST /oauth/token":
        return oauth.token(request);
      case "POST /oauth/revoke":
        oauth.grants.delete(formBody(request).get("token") ?? "");
        return json({});
      case "GET /api/v1/accounts/verify_credentials": {
        const account = accounts.get(signedIn(request, "read:accounts").accountId);
        const username = account?.username ?? "";
        return json({ id: account?.id, username, display_name: "", url: `${publicUrl()}/@${username}` });
      }
      case "GET /api/v2/instance":
        return json({ configuration: configurationOf(server) });
      case "POST /api/v2/media":
        return uploadMedia(request);
      case "POST /api/v1/statuses":
        return create(request, twist);
      default:
        throw new Refusal(404, "not_found", "Record not found");
    }
  }

  function tooMany(seconds: number): Refusal {
    return new Refusal(429, "throttled", "Too many requests", {
      "x-ratelimit-limit": String(server.postsPerWindow),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": new Date(Date.now() + seconds * 1000).toISOString(),
    });
  }

  function visible(status: Status): Visible {
    return {
      id: status.id,
      account: accounts.get(status.accountId)?.username ?? "",
      kind: status.inReplyTo === null ? "post" : "reply",
      text: status.text,
      altTexts: status.mediaIds.map((id) => media.get(id)?.description ?? ""),
      inReplyTo: status.inReplyTo,
      url: addressOf(status),
      createdAt: status.createdAt,
      ghost: status.ghost,
      details: {
        visibility: status.visibility,
        spoilerText: status.spoilerText,
        language: status.language,
      },
    };
  }

  return {
    name: "Mastodon emulator",
    operationOf({ method, path }) {
      if (method === "POST" && path === "/api/v1/statuses") return "create";
      if (/^\/api\/v1\/accounts\/\d+\/statuses$/.test(path)) return "list";
      if (path.includes("/media")) return "media";
      return path === "/oauth/token" ? "token" : null;
    },
    answer,
    bodies: {
      unavailable: () => json({ error: "This resource is temporarily unavailable" }, 503),
      internal: () => json({ error: "Internal Server Error" }, 500),
      throttled: (seconds) => refused(tooMany(seconds)),
      refusal: () => json({ error: "Your login is currently disabled" }, 403),
      refused,
    },
    control(request) {
      if (request.path !== "/control/mastodon") return null;
      if (request.method === "PUT") setSwitches(server, jsonBody(request));
      return json(server);
    },
    journal: () => statuses.all.toSorted((left, right) => left.createdAt - right.createdAt).map(visible),
    expireTokens: () => oauth.grants.clear(),
    revokeTokens: () => oauth.grants.clear(),
  };
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A link is 23 characters, whatever its length. */
function lengthOf(text: string, perUrl: number): number {
  return [...segmenter.segment(text.replaceAll(/https?:\/\/[^\s<>"]+/g, "x".repeat(perUrl)))].length;
}

function typeOf(bytes: Buffer): "image" | "gifv" | "video" | null {
  const head = bytes.subarray(0, 12).toString("latin1");
  if (head.slice(4, 8) === "ftyp") return "video";
  // A GIF becomes a video that plays by itself: https://docs.joinmastodon.org/entities/MediaAttachment/#type
  if (head.startsWith("GIF8")) return "gifv";
  const isImage = head.startsWith("\u0089PNG") || head.startsWith("\u00ff\u00d8\u00ff");
  return isImage || head.slice(8) === "WEBP" ? "image" : null;
}

/** https://docs.joinmastodon.org/entities/Instance/#configuration */
function configurationOf(server: {
  maxCharacters: number;
  maxFiles: number;
  perUrl: number;
  descriptionLimit: number;
  imageSizeLimit: number;
  videoSizeLimit: number;
}) {
  return {
    statuses: {
      max_characters: server.maxCharacters,
      max_media_attachments: server.maxFiles,
      characters_reserved_per_url: server.perUrl,
    },
    media_attachments: {
      supported_mime_types: [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "video/mp4",
        "video/quicktime",
      ],
      description_limit: server.descriptionLimit,
      image_size_limit: server.imageSizeLimit,
      video_size_limit: server.videoSizeLimit,
    },
  };
}
