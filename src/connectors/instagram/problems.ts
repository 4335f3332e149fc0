import type { Problem } from "#kit";
import type { MediaInfo, VariantContent } from "../contract.ts";

// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
const mostHashtags = 30;
const mostMentions = 20;
const narrowest = 4 / 5;
const widest = 1.91;
const shortestReelMs = 3_000;
// https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments
const longestComment = 300;
const mostCommentHashtags = 4;

/** What Instagram refuses beyond the common limits. */
export function instagramProblems(variant: VariantContent, caption: string, media: MediaInfo[]): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, code: string, message: string): void => {
    problems.push({ path, code: `instagram.${code}`, message });
  };
  if (variant.media.length === 0) {
    add("/media", "no_media", "Instagram has no posts of text alone: add an image or a video.");
  }
  const hashtags = countOf(caption, /#[\p{L}\p{N}_]+/gu);
  if (hashtags > mostHashtags) {
    add(
      "/parts/0",
      "too_many_hashtags",
      `Instagram takes at most ${mostHashtags} hashtags; this has ${hashtags}.`,
    );
  }
  const mentions = countOf(caption, /(?<![\p{L}\p{N}_.])@[\w.]+/gu);
  if (mentions > mostMentions) {
    add(
      "/parts/0",
      "too_many_mentions",
      `Instagram takes at most ${mostMentions} @mentions; this has ${mentions}.`,
    );
  }
  for (const [index, item] of variant.media.entries()) {
    const info = media.find(({ mediaId }) => mediaId === item.mediaId);
    if (info) problems.push(...fileProblems(`/media/${index}`, info));
  }
  if (variant.firstComment !== null) problems.push(...commentProblems(variant.firstComment));
  return problems;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function fileProblems(path: string, info: MediaInfo): Problem[] {
  if (info.mimeType.startsWith("video/")) {
    const problems: Problem[] = [];
    if (info.durationMs !== null && info.durationMs < shortestReelMs) {
      const message = "A reel lasts at least 3 seconds; this video is shorter.";
      problems.push({ path, code: "instagram.too_short", message });
    }
    return problems;
  }
  const ratio = info.height === 0 ? 0 : info.width / info.height;
  // A pixel or two of rounding is not refused.
  if (ratio === 0 || (ratio > narrowest - 0.01 && ratio < widest + 0.01)) return [];
  const shape = ratio < narrowest ? "too tall: at most 4:5" : "too wide: at most 1.91:1";
  const message = `Instagram shows images between 4:5 and 1.91:1; this one (${info.width} x ${info.height}) is ${shape}. Crop it.`;
  return [{ path, code: "instagram.aspect_ratio", message }];
}

function commentProblems(comment: string): Problem[] {
  const path = "/firstComment";
  const problems: Problem[] = [];
  const length = Array.from(comment).length;
  if (length > longestComment) {
    const message = `A comment on Instagram holds at most ${longestComment} characters; this has ${length}.`;
    problems.push({ path, code: "instagram.comment_too_long", message });
  }
  const hashtags = countOf(comment, /#[\p{L}\p{N}_]+/gu);
  if (hashtags > mostCommentHashtags) {
    const message = `A comment on Instagram has at most ${mostCommentHashtags} hashtags; this has ${hashtags}.`;
    problems.push({ path, code: "instagram.comment_hashtags", message });
  }
  if (countOf(comment, /https?:\/\//g) > 1) {
    const message = "A comment on Instagram has at most one link.";
    problems.push({ path, code: "instagram.comment_links", message });
  }
  if (/\p{Lu}/u.test(comment) && !/\p{Ll}/u.test(comment) && length > 3) {
    const message = "Instagram refuses comments of capital letters alone.";
    problems.push({ path, code: "instagram.comment_capitals", message });
  }
  return problems;
}
