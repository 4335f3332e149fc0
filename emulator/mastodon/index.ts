import { randomBytes } from "node:crypto";
import type { Twist } from "../faults.ts";
import { twistOf } from "../faults.ts";
import type { Answer, EmulatorRequest } from "../http.ts";
import { formBody, json, jsonBody, Refusal } from "../http.ts";
import type { PlatformClock } from "../clock.ts";
import type { ByHand, Platform, PlatformOptions, PlatformRules, Visible } from "../platform.ts";
import { startPlatform } from "../platform.ts";
import { setSwitches } from "../switches.ts";
import { createShelf } from "../shelf.ts";
import type { MastodonServer } from "./instance.ts";
import { countedLength, formerInstanceOf, instanceOf, usualServer } from "./instance.ts";
import { createMedia, invalid } from "./media.ts";
import { createOAuth } from "./oauth.ts";

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
  byHand?: true;
  appName: string;
};

const hourMs = 3_600_000;

/** `server`: what this one has otherwise than a usual one. */
export type MastodonOptions = PlatformOptions & { server?: Partial<MastodonServer> };

/**
 * Starts a Mastodon server as docs.joinmastodon.org describes it: apps that register themselves, OAuth with PKCE,
 * asynchronous media, statuses with idempotency keys that live an hour, 300 posts in three hours.
 * `PUT /control/mastodon` takes any of `MastodonServer` and changes the server.
 */
export function startMastodon({ server = {}, ...options }: MastodonOptions): Promise<Platform> {
  return startPlatform(
    ({ clock, publicUrl }) => rulesOf({ ...usualServer(), ...server }, clock, publicUrl),
    options,
  );
}

function refused({ status, message, headers }: Refusal): Answer {
  return json({ error: message }, status, headers);
}

function rulesOf(server: MastodonServer, clock: PlatformClock, publicUrl: () => string): PlatformRules {
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
  const media = createMedia({ server, now, newId, publicUrl });

  function create(request: EmulatorRequest, twist: Twist): Answer {
    const { accountId, appName } = signedIn(request, "write:statuses");
    const key = `${accountId} ${String(request.headers["idempotency-key"] ?? randomBytes(8).toString("hex"))}`;
    const before = keys.get(key);
    const known = before && before.expiresAt > now() ? statuses.get(before.id) : undefined;
    if (known) return json(shown(known));
    const status = { ...statusFrom(jsonBody(request), accountId, twist), appName };
    const recent = statuses.of(accountId).filter((one) => one.createdAt > now() - 3 * hourMs);
    if (recent.length >= server.postsPerWindow) throw tooMany(3 * 3600);
    media.attach(status.mediaIds);
    statuses.add(status);
    keys.set(key, { id: status.id, expiresAt: now() + hourMs });
    if (twist.ghost) statuses.add({ ...status, id: newId(status.createdAt), ghost: true });
    return json(shown(status));
  }

  function statusFrom(
    body: Record<string, unknown>,
    accountId: string,
    twist: Twist,
  ): Omit<Status, "appName"> {
    const inReplyTo = textIn(body, "in_reply_to_id");
    if (inReplyTo !== "" && !statuses.get(inReplyTo)) {
      throw new Refusal(404, "not_found", "The post you are trying to reply to does not appear to exist.");
    }
    const mediaIds = Array.isArray(body["media_ids"]) ? body["media_ids"].map(String) : [];
    media.attachable(mediaIds, accountId);
    const [written, warning] = [textIn(body, "status"), textIn(body, "spoiler_text")];
    // Where there is no text, the warning is the text.
    const [text, spoilerText] = written.trim() === "" ? [warning, ""] : [written, warning];
    if (text.trim() === "" && mediaIds.length === 0) throw invalid("Text can't be blank");
    if (countedLength(text, spoilerText, server.perUrl) > server.maxCharacters) {
      throw invalid(`Text character limit of ${server.maxCharacters} exceeded`);
    }
    const createdAt = now() + twist.commitMs;
    return {
      id: newId(createdAt),
      accountId,
      text,
      spoilerText,
      visibility: textIn(body, "visibility") || "public",
      language: textIn(body, "language") || null,
      mediaIds,
      inReplyTo: inReplyTo || null,
      createdAt,
      listedAt: createdAt + twist.listingMs,
      ghost: false,
    };
  }

  /** A person posts on the server's own pages. */
  function byHand({ account, text, inReplyTo, createdAt }: ByHand): void {
    const accountId = [...accounts.values()].find(({ username }) => username === account)?.id ?? "";
    const status = {
      ...statusFrom({ status: text, in_reply_to_id: inReplyTo ?? "" }, accountId, twistOf(null)),
      id: newId(createdAt),
      createdAt,
      listedAt: createdAt,
    };
    statuses.add({ ...status, appName: "Web", byHand: true });
  }

  function list(request: EmulatorRequest, accountId: string, twist: Twist): Answer {
    signedIn(request, "read:statuses");
    const limit = Math.min(Number(request.query.get("limit") ?? "20"), server.statusesPerPage);
    const below = request.query.get("max_id");
    const rows = statuses
      .of(accountId)
      .filter((one) => one.createdAt <= now() && one.listedAt <= Math.min(now(), twist.asOfMs))
      .filter((one) => below === null || BigInt(one.id) < BigInt(below))
      .sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? 1 : -1))
      .slice(0, limit);
    const answer = json((twist.shuffle ? rows.toReversed() : rows).map(shown));
    // https://docs.joinmastodon.org/api/guidelines/#pagination: as long as a page is full, another may follow.
    const last = rows.length === limit ? rows.at(-1) : undefined;
    if (last) {
      const next = `${publicUrl()}${request.path}?limit=${limit}&max_id=${last.id}`;
      answer.headers["link"] = `<${next}>; rel="next"`;
    }
    return answer;
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
      media_attachments: media.shown(status.mediaIds),
      application: { name: status.appName, website: null },
    };
  }

  function answer(request: EmulatorRequest, twist: Twist): Answer {
    const { method, path } = request;
    const [, listed] = /^\/api\/v1\/accounts\/(\d+)\/statuses$/.exec(path) ?? [];
    const [, sourced] = /^\/api\/v1\/statuses\/(\d+)\/source$/.exec(path) ?? [];
    const [, processing] = /^\/api\/v1\/media\/(\d+)$/.exec(path) ?? [];
    if (method === "GET" && listed !== undefined) return list(request, listed, twist);
    if (method === "GET" && sourced !== undefined) return source(request, sourced);
    if (method === "GET" && processing !== undefined)
      return media.status(processing, signedIn(request, "write:media").accountId);
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
        if (server.instanceApi < 2) throw new Refusal(404, "not_found", "Record not found");
        return json(instanceOf(server, publicUrl()));
      case "GET /api/v1/instance":
        if (server.instanceApi < 1) throw new Refusal(404, "not_found", "Record not found");
        return json(formerInstanceOf(server, publicUrl()));
      case "POST /api/v2/media":
        return media.upload(request, signedIn(request, "write:media").accountId);
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
      "x-ratelimit-reset": new Date(now() + seconds * 1000).toISOString(),
    });
  }

  function visible(status: Status): Visible {
    return {
      id: status.id,
      account: accounts.get(status.accountId)?.username ?? "",
      kind: status.inReplyTo === null ? "post" : "reply",
      text: status.text,
      altTexts: status.mediaIds.map(media.descriptionOf),
      inReplyTo: status.inReplyTo,
      url: addressOf(status),
      createdAt: status.createdAt,
      ghost: status.ghost,
      ...(status.byHand ? { byHand: true } : {}),
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
    accountOf: oauth.usernameOf,
    post: byHand,
    sizeName: "limit",
    repeated: "same",
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

function textIn(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  return typeof value === "string" ? value : "";
}
