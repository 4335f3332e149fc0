import { randomBytes } from "node:crypto";
import type { Twist } from "../faults.ts";
import { twistOf } from "../faults.ts";
import type { Answer } from "../http.ts";
import { json, jsonBody, Refusal } from "../http.ts";
import type { Call } from "../routes.ts";
import type { ByHand, Visible } from "../rules.ts";
import { countedLength } from "./instance.ts";
import { attach, attachable, descriptionOf, invalid, shownFiles } from "./media.ts";
import { signedIn } from "./oauth.ts";
import type { MastodonState, Status } from "./state.ts";

const hourMs = 3_600_000;

/** `POST /api/v1/statuses` */
export function create(state: MastodonState, { request, twist }: Call): Answer {
  const { accountId, appName } = signedIn(state, request, "write:statuses");
  const key = `${accountId} ${String(request.headers["idempotency-key"] ?? randomBytes(8).toString("hex"))}`;
  const before = state.keys.get(key);
  const known = before && before.expiresAt > state.now() ? state.statuses.get(before.id) : undefined;
  if (known) return json(shown(state, known));
  const status = { ...statusFrom(state, { body: jsonBody(request), accountId, twist }), appName };
  const recent = state.statuses.of(accountId).filter((one) => one.createdAt > state.now() - 3 * hourMs);
  if (recent.length >= state.server.postsPerWindow) throw tooMany(state, 3 * 3600);
  attach(state, status.mediaIds);
  state.statuses.add(status);
  state.keys.set(key, { id: status.id, expiresAt: state.now() + hourMs });
  if (twist.ghost) state.statuses.add({ ...status, id: state.newId(status.createdAt), ghost: true });
  return json(shown(state, status));
}

function statusFrom(
  state: MastodonState,
  { body, accountId, twist }: { body: Record<string, unknown>; accountId: string; twist: Twist },
): Omit<Status, "appName"> {
  const inReplyTo = textIn(body, "in_reply_to_id");
  if (inReplyTo !== "" && !state.statuses.get(inReplyTo)) {
    throw new Refusal(404, "not_found", "The post you are trying to reply to does not appear to exist.");
  }
  const mediaIds = Array.isArray(body["media_ids"]) ? body["media_ids"].map(String) : [];
  attachable(state, mediaIds, accountId);
  const [written, warning] = [textIn(body, "status"), textIn(body, "spoiler_text")];
  // Where there is no text, the warning is the text.
  const [text, spoilerText] = written.trim() === "" ? [warning, ""] : [written, warning];
  if (text.trim() === "" && mediaIds.length === 0) throw invalid("Text can't be blank");
  if (countedLength(text, spoilerText, state.server.perUrl) > state.server.maxCharacters) {
    throw invalid(`Text character limit of ${state.server.maxCharacters} exceeded`);
  }
  const createdAt = state.now() + twist.commitMs;
  return {
    id: state.newId(createdAt),
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
export function byHand(state: MastodonState, { account, text, inReplyTo, createdAt }: ByHand): void {
  const accountId = [...state.accounts.values()].find(({ username }) => username === account)?.id ?? "";
  const status = {
    ...statusFrom(state, {
      body: { status: text, in_reply_to_id: inReplyTo ?? "" },
      accountId,
      twist: twistOf(null),
    }),
    id: state.newId(createdAt),
    createdAt,
    listedAt: createdAt,
  };
  state.statuses.add({ ...status, appName: "Web", byHand: true });
}

/** `GET /api/v1/accounts/{id}/statuses`: newest first. */
export function list(state: MastodonState, { request, twist, id: accountId }: Call): Answer {
  signedIn(state, request, "read:statuses");
  const limit = Math.min(Number(request.query.get("limit") ?? "20"), state.server.statusesPerPage);
  const below = request.query.get("max_id");
  const rows = state.statuses
    .of(accountId)
    .filter((one) => one.createdAt <= state.now() && one.listedAt <= Math.min(state.now(), twist.asOfMs))
    .filter((one) => below === null || BigInt(one.id) < BigInt(below))
    .sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? 1 : -1))
    .slice(0, limit);
  const answer = json((twist.shuffle ? rows.toReversed() : rows).map((one) => shown(state, one)));
  // https://docs.joinmastodon.org/api/guidelines/#pagination: as long as a page is full, another may follow.
  const last = rows.length === limit ? rows.at(-1) : undefined;
  if (last) {
    const next = `${state.publicUrl()}${request.path}?limit=${limit}&max_id=${last.id}`;
    answer.headers["link"] = `<${next}>; rel="next"`;
  }
  return answer;
}

/** `GET /api/v1/statuses/{id}/source`: the text as it was written. */
export function source(state: MastodonState, { request, id }: Call): Answer {
  signedIn(state, request, "read:statuses");
  const status = state.statuses.get(id);
  if (!status || status.createdAt > state.now()) throw new Refusal(404, "not_found", "Record not found");
  return json({ id, text: status.text, spoiler_text: status.spoilerText });
}

function addressOf(state: MastodonState, status: Status): string {
  return `${state.publicUrl()}/@${state.accounts.get(status.accountId)?.username ?? ""}/${status.id}`;
}

function shown(state: MastodonState, status: Status) {
  return {
    id: status.id,
    created_at: new Date(status.createdAt).toISOString(),
    in_reply_to_id: status.inReplyTo,
    spoiler_text: status.spoilerText,
    visibility: status.visibility,
    language: status.language,
    uri: `${state.publicUrl()}/statuses/${status.id}`,
    url: addressOf(state, status),
    content: `<p>${escaped(status.text)
      .replaceAll(/\n{2,}/g, "</p><p>")
      .replaceAll("\n", "<br />")}</p>`,
    media_attachments: shownFiles(state, status.mediaIds),
    application: { name: status.appName, website: null },
  };
}

/** What Mastodon says to who posts too often. */
export function tooMany(state: MastodonState, seconds: number): Refusal {
  return new Refusal(429, "throttled", "Too many requests", {
    "x-ratelimit-limit": String(state.server.postsPerWindow),
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": new Date(state.now() + seconds * 1000).toISOString(),
  });
}

/** A status as the journal tells it. */
export function visible(state: MastodonState, status: Status): Visible {
  return {
    id: status.id,
    account: state.accounts.get(status.accountId)?.username ?? "",
    kind: status.inReplyTo === null ? "post" : "reply",
    text: status.text,
    altTexts: status.mediaIds.map((id) => descriptionOf(state, id)),
    inReplyTo: status.inReplyTo,
    url: addressOf(state, status),
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
