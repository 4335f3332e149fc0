import type { Visible } from "../rules.ts";
import { shownText } from "./little-text.ts";
import type { LinkedInState, Post, PostContent } from "./state.ts";

/** Everything that is visible or soon will be, oldest first. */
export function journalOf(state: LinkedInState): Visible[] {
  const publicUrl = state.publicUrl();
  const posts = state.posts.all.map((post): Visible => ({
    id: post.urn,
    account: post.author,
    kind: "post",
    text: shownText(post.commentary),
    altTexts: altTextsOf(post),
    inReplyTo: null,
    url: `${publicUrl}/feed/update/${post.urn}`,
    createdAt: post.createdAt,
    ghost: post.ghost,
    ...(post.byHand ? { byHand: true } : {}),
    details: detailsOf(state, post),
  }));
  const comments = state.comments.all.map((comment): Visible => ({
    id: comment.urn,
    account: comment.actor,
    kind: "comment",
    text: comment.text,
    altTexts: [],
    inReplyTo: comment.object,
    url: `${publicUrl}/feed/update/${comment.object}?commentUrn=${encodeURIComponent(comment.urn)}`,
    createdAt: comment.createdAt,
    ghost: comment.ghost,
    ...(comment.byHand ? { byHand: true } : {}),
  }));
  return [...posts, ...comments].toSorted((left, right) => left.createdAt - right.createdAt);
}

function altTextsOf({ content }: Post): string[] {
  if (content === null) return [];
  if ("media" in content) return content.media.altText === undefined ? [] : [content.media.altText];
  return "multiImage" in content ? content.multiImage.images.map((image) => image.altText ?? "") : [];
}

/** The link's card, who may see it, and the hashes of the files that it shows. */
function detailsOf(state: LinkedInState, { content, visibility }: Post): Record<string, unknown> {
  const article = content !== null && "article" in content ? content.article : null;
  return {
    visibility,
    ...(article === null ? {} : { card: article }),
    title: content !== null && "media" in content ? (content.media.title ?? null) : null,
    files: mediaOf(content).flatMap((urn) => {
      const media = state.media.get(urn);
      return media ? [{ kind: media.kind, sha256: media.sha256 }] : [];
    }),
  };
}

function mediaOf(content: PostContent | null): string[] {
  if (content === null) return [];
  if ("media" in content) return [content.media.id];
  if ("multiImage" in content) return content.multiImage.images.map((image) => image.id);
  return content.article.thumbnail === undefined ? [] : [content.article.thumbnail];
}
