import type { Answer } from "../http.ts";
import { json, jsonBody } from "../http.ts";
import type { Call } from "../routes.ts";
import type { ByHand } from "../rules.ts";
import { maximumWeight, textWeight } from "../sandbox/text-rule.ts";
import { problems, refuse } from "./errors.ts";
import { escaped, wrapLinks } from "./links.ts";
import { attachable, keyOf } from "./media.ts";
import { authenticate } from "./oauth.ts";
import type { XPost, XState } from "./state.ts";

const dayMs = 86_400_000;

/** POST /2/tweets */
export function create(state: XState, { request, twist }: Call): Answer {
  const { accountId } = authenticate(state, request, "tweet.write", "tweet.read", "users.read");
  meetTrouble(state);
  const body = jsonBody(request);
  const text = (typeof body["text"] === "string" ? body["text"] : "").trim().normalize("NFC");
  const attached = attachable(state, objectOf(body["media"])?.["media_ids"], accountId);
  const inReplyTo = parentOf(state, body["reply"]);
  if (text === "" && attached.length === 0) throw refuse("invalid", "text or media is required.");
  if (!text.isWellFormed()) throw refuse("invalid");
  if (textWeight(text) > maximumWeight) throw refuse("too-long");
  if (attached.length === 0 && isDuplicate(state, { accountId, text, inReplyTo })) throw refuse("duplicate");
  const createdAt = state.now() + twist.commitMs;
  const id = state.newId(createdAt);
  const [first] = attached;
  const username = state.accounts.get(accountId)?.username ?? "i";
  const page = `https://x.com/${username}/status/${id}/${first?.category === "tweet_video" ? "video" : "photo"}/1`;
  const post: XPost = {
    id,
    accountId,
    text,
    ...wrapLinks(text, first ? { key: keyOf(first), page } : null),
    mediaIds: attached.map((item) => item.id),
    inReplyTo,
    replySettings: typeof body["reply_settings"] === "string" ? body["reply_settings"] : "everyone",
    madeWithAi: body["made_with_ai"] === true,
    paidPartnership: body["paid_partnership"] === true,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost: false,
  };
  state.posts.add(post);
  if (twist.ghost) state.posts.add({ ...post, id: state.newId(createdAt), ghost: true });
  return json({ data: { id, text: escaped(post.stored), edit_history_post_ids: [id] } }, 201);
}

/** A person posts in X's own app. */
export function byHand(state: XState, { account, text, inReplyTo, createdAt }: ByHand): void {
  const accountId = [...state.accounts.values()].find(({ username }) => username === account)?.id ?? "";
  state.posts.add({
    id: state.newId(createdAt),
    accountId,
    text,
    ...wrapLinks(text, null),
    mediaIds: [],
    inReplyTo,
    replySettings: "everyone",
    madeWithAi: false,
    paidPartnership: false,
    createdAt,
    listedAt: createdAt,
    ghost: false,
    byHand: true,
  });
}

function meetTrouble(state: XState): void {
  const { trouble } = state.switches;
  const name = Object.keys(problems).find((known) => known === trouble);
  if (name !== undefined) throw refuse(name as keyof typeof problems);
}

function isDuplicate(
  state: XState,
  { accountId, text, inReplyTo }: Pick<XPost, "accountId" | "text" | "inReplyTo">,
): boolean {
  if (!state.switches.refusesDuplicates) return false;
  return state.posts
    .of(accountId)
    .some(
      (post) =>
        post.text === text &&
        post.inReplyTo === inReplyTo &&
        post.mediaIds.length === 0 &&
        post.createdAt > state.now() - dayMs,
    );
}

function parentOf(state: XState, reply: unknown): string | null {
  const id = objectOf(reply)?.["in_reply_to_tweet_id"];
  if (id === undefined) return null;
  const parent = typeof id === "string" ? state.posts.get(id) : undefined;
  if (!parent || parent.createdAt > state.now()) {
    throw refuse("forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.");
  }
  return parent.id;
}

/** GET /2/users/{id}/tweets: newest first. */
export function timeline(state: XState, { request, id: accountId, twist }: Call): Answer {
  authenticate(state, request, "tweet.read", "users.read");
  const { query } = request;
  const size = Math.min(Math.max(Number(query.get("max_results") ?? "10"), 5), 100);
  const startsAt = Date.parse(query.get("start_time") ?? "");
  const token = query.get("pagination_token");
  const excluded = (query.get("exclude") ?? "").split(",");
  const listed = state.posts
    .of(accountId)
    .filter((post) => post.listedAt <= Math.min(state.now(), twist.asOfMs))
    .filter((post) => Number.isNaN(startsAt) || post.createdAt >= startsAt)
    .filter((post) => !excluded.includes("replies") || post.inReplyTo === null)
    .sort((left, right) => right.createdAt - left.createdAt);
  const from = token === null ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(from)) throw refuse("invalid", "pagination_token is invalid.");
  const shown = listed.slice(from, from + size);
  const more = from + size < listed.length;
  const fields = new Set([...(query.get("post.fields") ?? "").split(","), "id", "text"]);
  const ids = shown.map((post) => post.id);
  return json({
    ...(shown.length === 0
      ? {}
      : { data: (twist.shuffle ? shown.toReversed() : shown).map((post) => wire(state, post, fields)) }),
    meta: {
      result_count: shown.length,
      ...(ids.length === 0 ? {} : { newest_id: ids[0], oldest_id: ids.at(-1) }),
      ...(more ? { next_token: Buffer.from(String(from + size)).toString("base64url") } : {}),
    },
  });
}

/** GET /2/tweets/{id} */
export function one(state: XState, { request, id }: Call): Answer {
  authenticate(state, request, "tweet.read", "users.read");
  const post = state.posts.get(id);
  if (!post || post.createdAt > state.now())
    throw refuse("not-found", `Could not find tweet with id: [${id}].`);
  return json({
    data: wire(state, post, new Set([...(request.query.get("post.fields") ?? "").split(","), "id", "text"])),
  });
}

function wire(state: XState, post: XPost, fields: Set<string>): Record<string, unknown> {
  const keys = post.mediaIds.map((id) => state.media.get(id)).flatMap((item) => (item ? [keyOf(item)] : []));
  const all: Record<string, unknown> = {
    id: post.id,
    text: escaped(post.stored),
    edit_history_post_ids: [post.id],
    author_id: post.accountId,
    // Whole seconds, although the id knows the millisecond.
    created_at: new Date(Math.floor(post.createdAt / 1000) * 1000).toISOString(),
    reply_settings: post.replySettings,
    ...(keys.length === 0 ? {} : { attachments: { media_keys: keys } }),
    conversation_id: rootOf(state, post).id,
    ...(post.urls.length === 0 ? {} : { entities: { urls: urlEntities(post) } }),
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => fields.has(key)));
}

function rootOf(state: XState, post: XPost): XPost {
  const parent = post.inReplyTo === null ? undefined : state.posts.get(post.inReplyTo);
  return parent ? rootOf(state, parent) : post;
}

/** GET /2/users/me */
export function me(state: XState, { request }: Call): Answer {
  const { accountId } = authenticate(state, request, "tweet.read", "users.read");
  const account = state.accounts.get(accountId);
  if (!account) throw refuse("not-found");
  const fields = new Set((request.query.get("user.fields") ?? "").split(","));
  return json({
    data: {
      id: account.id,
      name: account.name,
      username: account.username,
      ...(fields.has("protected") ? { protected: account.protected } : {}),
      ...(fields.has("profile_image_url")
        ? { profile_image_url: `${state.publicUrl()}/images/${account.username}.png` }
        : {}),
    },
  });
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function urlEntities(post: XPost): Record<string, unknown>[] {
  return post.urls.map(({ url, expanded, mediaKey }) => {
    const start = Array.from(escaped(post.stored).split(url)[0] ?? "").length;
    return {
      start,
      end: start + url.length,
      url,
      expanded_url: expanded,
      display_url: expanded.replace(/^https?:\/\/(?:www\.)?/, ""),
      ...(mediaKey === null ? {} : { media_key: mediaKey }),
    };
  });
}
