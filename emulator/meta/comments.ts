import type { Answer } from "../http.ts";
import { json } from "../http.ts";
import type { GraphCall } from "./call.ts";
import { invalidParameter, noSuchObject } from "./errors.ts";
import { paged, project } from "./fields.ts";
import { timeOf } from "./pages.ts";
import type { MetaPost, MetaState } from "./state.ts";
import { graphTime } from "./state.ts";

// `/{post}/comments` of Facebook and `/{media}/comments` of Instagram.

const longest = { facebook: 8000, instagram: 300 };

/** The visible post of this id, or of this video's id. */
export function parent(state: MetaState, id: string, method: string): MetaPost {
  const post = state.posts.get(id);
  if (!post || post.createdAt > state.now()) throw noSuchObject(id, method);
  return post;
}

/** `POST /{post}/comments` */
export function create(state: MetaState, post: MetaPost, { params, twist }: GraphCall): Answer {
  const message = params.values.get("message") ?? "";
  const onInstagram = post.mediaType !== null;
  const limit = onInstagram ? longest.instagram : longest.facebook;
  if (message.trim() === "") throw invalidParameter("The comment is empty.");
  if (Array.from(message).length > limit)
    throw invalidParameter(`A comment has at most ${limit} characters.`);
  if (onInstagram && (message.match(/#[\p{L}\p{N}_]/gu)?.length ?? 0) > 4) {
    throw invalidParameter("A comment has at most 4 hashtags.");
  }
  const createdAt = state.now() + twist.commitMs;
  const number = state.newId("comment");
  const make = (id: string, ghost: boolean): MetaPost => ({
    ...post,
    id,
    kind: "comment",
    text: message,
    link: null,
    photos: [],
    video: null,
    altTexts: [],
    parent: post.id,
    createdAt,
    listedAt: createdAt + twist.listingMs,
    ghost,
  });
  const id = onInstagram ? number : `${post.id.split("_")[1] ?? ""}_${number}`;
  state.posts.add(make(id, false));
  if (twist.ghost) state.posts.add(make(`${id}9`, true));
  return json({ id });
}

/** `GET /{post}/comments` */
export function list(state: MetaState, post: MetaPost, { params, twist, address }: GraphCall): Answer {
  const since = timeOf(params.values.get("since"));
  const newestFirst = post.mediaType !== null || params.values.get("order") === "reverse_chronological";
  const comments = state.posts
    .of(post.id)
    .filter((one) => one.listedAt <= Math.min(state.now(), twist.answersAsOfMs))
    .filter((one) => since === null || one.createdAt >= since)
    .toSorted((left, right) => (right.createdAt - left.createdAt) * (newestFirst ? 1 : -1))
    .map((one) =>
      project(
        {
          id: one.id,
          message: one.text,
          text: one.text,
          created_time: graphTime(one.createdAt),
          timestamp: graphTime(one.createdAt),
          from: { id: one.account },
        },
        params.values.get("fields"),
        post.mediaType === null ? ["created_time", "from", "message", "id"] : ["timestamp", "text", "id"],
      ),
    );
  return json(paged(twist.shuffle ? comments.toReversed() : comments, params.values, address));
}
