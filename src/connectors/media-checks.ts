import type { Problem } from "#kit";
import type { Limits, MediaInfo, VariantContent } from "./contract.ts";

type Rules = { name: string; limits: Limits };

export type MediaKind = "image" | "video" | "document";

/** What a file is to platforms: each kind has limits of its own. */
export function mediaKind(mimeType: string): MediaKind {
  if (mimeType.startsWith("video/")) return "video";
  return mimeType === "application/pdf" ? "document" : "image";
}

/** What the platform's limits say about the files of a variant: how many, of which kind, how large, how described. */
export function mediaProblems(rules: Rules, variant: VariantContent, media: MediaInfo[]): Problem[] {
  const known = new Map(media.map((info) => [info.mediaId, info]));
  return [
    ...countProblems(rules, variant, known),
    ...variant.media.flatMap((item, index): Problem[] => {
      const path = `/media/${index}`;
      const info = known.get(item.mediaId);
      if (!info) return [{ path, code: "content.media_missing", message: "This file no longer exists." }];
      return fileProblems(rules, path, info);
    }),
    ...altTextProblems(rules, variant, known),
  ];
}

function countProblems(
  { limits, name }: Rules,
  variant: VariantContent,
  known: ReadonlyMap<string, MediaInfo>,
): Problem[] {
  const path = "/media";
  const kinds = variant.media.map(({ mediaId }) => mediaKind(known.get(mediaId)?.mimeType ?? ""));
  const alone = kinds.find((kind) => kind !== "image");
  if (alone !== undefined && kinds.length > 1) {
    const message = `A ${alone} goes out alone: take the other files out of this post, or the ${alone}.`;
    return [{ path, code: "content.media_mixed", message }];
  }
  const images = kinds.filter((kind) => kind === "image").length;
  if (images <= limits.maxMedia) return [];
  const most = limits.maxMedia === 0 ? "takes no images here" : `takes at most ${limits.maxMedia} images`;
  return [{ path, code: "content.too_many_media", message: `${name} ${most}.` }];
}

type FileLimits = { mediaTypes: string[]; maxBytes: number; maxMs?: number; maxPages?: number };

function fileProblems({ limits, name }: Rules, path: string, info: MediaInfo): Problem[] {
  const kind = mediaKind(info.mimeType);
  const allowed: FileLimits | null =
    kind === "image" ? { mediaTypes: limits.mediaTypes, maxBytes: limits.maxMediaBytes } : limits[kind];
  if (allowed === null) {
    return [{ path, code: "content.media_type", message: `${name} takes no ${kind}s here.` }];
  }
  const problems: Problem[] = [];
  if (!allowed.mediaTypes.includes(info.mimeType)) {
    const message = `${name} takes no ${info.mimeType}; use ${allowed.mediaTypes.join(", ")}.`;
    problems.push({ path, code: "content.media_type", message });
  }
  if (info.bytes > allowed.maxBytes) {
    const message = `${name} takes ${kind}s up to ${megabytes(allowed.maxBytes)}; this has ${megabytes(info.bytes)}.`;
    problems.push({ path, code: "content.media_too_large", message });
  }
  if (allowed.maxMs !== undefined && (info.durationMs ?? 0) > allowed.maxMs) {
    const message = `${name} takes videos up to ${playingTime(allowed.maxMs)}; this plays ${playingTime(info.durationMs ?? 0)}.`;
    problems.push({ path, code: "content.media_too_long", message });
  }
  if (allowed.maxPages !== undefined && (info.pages ?? 0) > allowed.maxPages) {
    const message = `${name} takes documents of up to ${allowed.maxPages} pages; this has ${info.pages ?? 0}.`;
    problems.push({ path, code: "content.media_too_many_pages", message });
  }
  return problems;
}

function altTextProblems(
  { limits, name }: Rules,
  variant: VariantContent,
  known: ReadonlyMap<string, MediaInfo>,
): Problem[] {
  // Written for other channels of the post, it simply does not travel.
  if (limits.altTextLength === 0) return [];
  return variant.media.flatMap(({ mediaId, altText }, index): Problem[] => {
    const isVideo = mediaKind(known.get(mediaId)?.mimeType ?? "") === "video";
    if (isVideo && limits.video?.describes === false && altText.trim() !== "") {
      const message = `${name} takes no description of videos. Say it in the text, and empty this field.`;
      return [{ path: `/media/${index}/altText`, code: "content.no_alt_text_for_videos", message }];
    }
    const length = Array.from(altText).length;
    if (length <= limits.altTextLength) return [];
    const message = `Alt text holds at most ${limits.altTextLength} characters; this has ${length}.`;
    return [{ path: `/media/${index}/altText`, code: "content.alt_text_too_long", message }];
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 100_000 ? 3 : 1)} MB`;
}

/** "45 seconds", "2:20 minutes"; rounded up, so that what is over a limit reads so. */
function playingTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} seconds`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} minutes`;
}
