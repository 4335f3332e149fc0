import { type MediaInfo, mediaKind } from "#connectors";

/** Below this, images are uploaded in the seconds that a post may take anyway. */
const manyBytes = 8_000_000;

/** Whether preparing takes so long that it begins ahead of the due time: videos, documents, large images. */
export function isSlowToPrepare(media: readonly MediaInfo[]): boolean {
  const bytes = media.reduce((sum, one) => sum + one.bytes, 0);
  return bytes >= manyBytes || media.some(({ mimeType }) => mediaKind(mimeType) !== "image");
}
