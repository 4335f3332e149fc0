import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../http.ts";
import { json, jsonBody, Refusal } from "../http.ts";
import type { Call } from "../routes.ts";
import { accountOf, authenticate } from "./oauth.ts";
import type { SandboxMedia, SandboxPost, SandboxState } from "./state.ts";
import { maximumWeight, textWeight } from "./text-rule.ts";

const extensions: Record<string, string> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
};
const maximumMedia = 4;
const maximumMediaBytes = 5_000_000;
const maximumAltText = 1000;

function wire(state: SandboxState, post: SandboxPost): Record<string, unknown> {
  return {
    id: post.id,
    url: `${state.publicUrl()}/posts/${post.id}`,
    kind: post.kind,
    text: post.text,
    in_reply_to: post.inReplyTo,
    media: post.media.map((id) => ({ id, alt_text: state.media.get(id)?.altText ?? "" })),
    created_at: new Date(post.createdAt).toISOString(),
  };
}

/** POST /api/posts */
export function create(state: SandboxState, { request, twist }: Call): Answer {
  const grant = authenticate(state, request);
  need(grant.scopes, "posts.write");
  const body = jsonBody(request);
  const text = textOf(body["text"]);
  const kind = (["post", "reply", "comment"] as const).find((name) => name === (body["kind"] ?? "post"));
  if (!kind) throw new Refusal(422, "bad_kind", "kind is post, reply or comment.");
  const media = mediaOf(state, body["media"] ?? [], grant.accountId);
  if (text.trim() === "" && media.length === 0)
    throw new Refusal(422, "empty", "A post needs text or media.");
  const inReplyTo = parentOf(state, body["in_reply_to"] ?? null, kind);
  const now = state.now();
  const createdAt = now + twist.commitMs;
  const post: SandboxPost = {
    id: String(1_000_001 + state.posts.size),
    accountId: grant.accountId,
    kind,
    text,
    media: media.map((item) => item.id),
    inReplyTo,
    createdAt,
    listedAt: createdAt + twist.listingMs,
  };
  state.record({ type: "post", post });
  if (twist.ghost)
    state.record({
      type: "post",
      post: { ...post, id: String(1_000_001 + state.posts.size), ghost: true },
    });
  return json(wire(state, post), 201);
}

function mediaOf(state: SandboxState, value: unknown, accountId: string): SandboxMedia[] {
  if (!Array.isArray(value)) throw new Refusal(422, "bad_media", "media is a list of ids.");
  if (value.length > maximumMedia) {
    throw new Refusal(422, "too_many_media", `A post holds at most ${maximumMedia} images.`);
  }
  return value.map((id: unknown) => {
    const media = typeof id === "string" ? state.media.get(id) : undefined;
    if (!media || media.accountId !== accountId)
      throw new Refusal(422, "no_media", "No such media of yours.");
    return media;
  });
}

function parentOf(state: SandboxState, value: unknown, kind: SandboxPost["kind"]): string | null {
  if (kind === "post") {
    if (value !== null) throw new Refusal(422, "bad_parent", "A post answers nothing; use reply or comment.");
    return null;
  }
  const parent = typeof value === "string" ? state.posts.get(value) : undefined;
  if (!parent || parent.createdAt > state.now()) {
    throw new Refusal(422, "no_parent", "The post that this answers does not exist.");
  }
  return parent.id;
}

/** GET /api/posts?limit&cursor: the caller's own posts, newest first. */
export function list(state: SandboxState, { request, twist }: Call): Answer {
  const grant = authenticate(state, request);
  need(grant.scopes, "posts.read");
  const limit = Math.min(Math.max(Number(request.query.get("limit") ?? "50") || 50, 1), 100);
  const cursor = request.query.get("cursor");
  const now = state.now();
  const own = (state.byAccount.get(grant.accountId) ?? [])
    .filter((post) => post.listedAt <= now)
    .toReversed();
  const start = cursor === null ? 0 : own.findIndex((post) => post.id === cursor) + 1;
  const items = own.slice(start, start + limit);
  const next = start + limit < own.length ? (items.at(-1)?.id ?? null) : null;
  return json({ items: (twist.shuffle ? items.toReversed() : items).map((post) => wire(state, post)), next });
}

/** GET /api/posts/{id} */
export function get(state: SandboxState, { request, id }: Pick<Call, "request" | "id">): Answer {
  const grant = authenticate(state, request);
  need(grant.scopes, "posts.read");
  const post = state.posts.get(id);
  if (!post || post.createdAt > state.now()) throw new Refusal(404, "no_post", "No such post.");
  return json(wire(state, post));
}

/** POST /api/media: `{mime_type, data (base64), alt_text}`; nobody sees it before a post carries it. */
export function upload(state: SandboxState, { request }: Call): Answer {
  const grant = authenticate(state, request);
  need(grant.scopes, "media.write");
  const body = jsonBody(request);
  const mimeType = String(body["mime_type"]);
  const extension = extensions[mimeType];
  if (extension === undefined) throw new Refusal(422, "bad_media_type", "Only PNG, JPEG, WebP and GIF.");
  const altText = body["alt_text"] ?? "";
  if (typeof altText !== "string" || Array.from(altText).length > maximumAltText) {
    throw new Refusal(422, "alt_text_too_long", `Alt text holds at most ${maximumAltText} characters.`);
  }
  const bytes = Buffer.from(typeof body["data"] === "string" ? body["data"] : "", "base64");
  if (bytes.length === 0 || bytes.length > maximumMediaBytes) {
    throw new Refusal(422, "media_too_large", `An image has 1 to ${maximumMediaBytes} bytes.`);
  }
  const id = randomUUID();
  const file = `${id}.${extension}`;
  writeFileSync(join(state.mediaDirectory, file), bytes, { mode: 0o600 });
  state.record({ type: "media", media: { id, accountId: grant.accountId, mimeType, file, altText } });
  return json({ id }, 201);
}

/** GET /oauth/userinfo */
export function me(state: SandboxState, { request }: Call): Answer {
  const grant = authenticate(state, request);
  need(grant.scopes, "profile");
  const account = accountOf(state, grant.accountId);
  return json({
    sub: account.id,
    preferred_username: account.handle,
    name: account.name,
    profile: `${state.publicUrl()}/accounts/${account.handle}`,
  });
}

function need(scopes: string[], scope: string): void {
  if (!scopes.includes(scope)) throw new Refusal(403, "insufficient_scope", `This needs the scope ${scope}.`);
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Refusal(422, "bad_text", "text must be a string.");
  if (!value.isWellFormed()) throw new Refusal(422, "bad_text", "text holds half of a character.");
  const weight = textWeight(value);
  if (weight > maximumWeight) {
    throw new Refusal(422, "text_too_long", `The text weighs ${weight}; at most ${maximumWeight} fit.`);
  }
  return value;
}
