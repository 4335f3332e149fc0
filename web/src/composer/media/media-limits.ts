import type { Limits } from "../../api/types.ts";
import { formatBytes, formatPlayingTime } from "../../lib/format.ts";
import { composerText } from "../messages.ts";

/** Whether the channel takes files of any kind. */
export function takesMedia(limits: Limits): boolean {
  return limits.maxMedia > 0 || limits.video !== null || limits.document !== null;
}

/** What the file dialog offers. */
export function acceptedTypes(limits: Limits): string[] {
  const images = limits.maxMedia > 0 ? limits.mediaTypes : [];
  return [...images, ...(limits.video?.mediaTypes ?? []), ...(limits.document?.mediaTypes ?? [])];
}

export function limitWords(limits: Limits): string {
  const { video, document, maxMedia } = limits;
  return [
    maxMedia > 0 ? composerText.mediaLimit(maxMedia, formatBytes(limits.maxMediaBytes)) : null,
    video && composerText.videoLimit(formatBytes(video.maxBytes), formatPlayingTime(video.maxMs)),
    document && composerText.documentLimit(formatBytes(document.maxBytes), document.maxPages),
  ]
    .filter((words) => words !== null)
    .join("; ");
}

/** Why no description of this file would arrive, told before one is written; null where it does. */
export function undescribed(media: { mimeType: string } | undefined, limits: Limits): string | null {
  if (limits.altTextLength === 0) return composerText.noAlt;
  const isVideo = media?.mimeType.startsWith("video/") ?? false;
  return isVideo && limits.video?.describes === false ? composerText.noVideoAlt : null;
}

/** Why there is no sense in uploading a file for this channel, before a byte of it travels; null where there is. */
export function refusal(file: { name: string; type: string; size: number }, limits: Limits): string | null {
  const { name, type, size } = file;
  // Images are made smaller and changed to another type on the server, so their own size decides nothing.
  if (type.startsWith("image/")) return limits.maxMedia > 0 ? null : composerText.wrongKind(name);
  const rules = type === "application/pdf" ? limits.document : limits.video;
  if (!rules?.mediaTypes.includes(type)) return composerText.wrongKind(name);
  return size > rules.maxBytes ? composerText.tooLarge(name, formatBytes(rules.maxBytes)) : null;
}
