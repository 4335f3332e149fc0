import type { ByHand } from "../rules.ts";
import { type MetaState, prefixes } from "./state.ts";

/** The Page or the Instagram account that an object's id belongs to; null for what is none of both. */
export function ownerOf(state: MetaState, id: string): string | null {
  if (id.startsWith(prefixes.page) && !id.includes("_")) return id;
  if (id.startsWith(prefixes.instagram)) return id;
  return (
    state.posts.get(id)?.account ?? state.containers.get(id)?.account ?? state.videos.get(id)?.pageId ?? null
  );
}

/** A person posts, or comments, in the app of Facebook or of Instagram. */
export function postByHand(
  state: MetaState,
  { account, text, altTexts = [], inReplyTo, createdAt }: ByHand,
): void {
  const parent = inReplyTo === null ? undefined : state.posts.get(inReplyTo);
  const onInstagram = account.startsWith(prefixes.instagram);
  const number = state.newId(parent ? "comment" : onInstagram ? "media" : "post");
  state.posts.add({
    id: onInstagram || parent ? number : `${account}_${number}`,
    account,
    kind: parent ? "comment" : "post",
    text,
    link: null,
    photos: [],
    video: null,
    altTexts: onInstagram && !parent ? altTexts : [],
    mediaType: onInstagram ? "IMAGE" : null,
    parent: parent?.id ?? null,
    createdAt,
    listedAt: createdAt,
    ghost: false,
    byHand: true,
  });
}
