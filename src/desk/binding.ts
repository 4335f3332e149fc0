import type { MediaInfo, VariantContent } from "#connectors";
import { type Binding, frozenHash } from "#delivery";
import { contentHash } from "#kit";
import type { Variant } from "./post.ts";

/**
 * A variant's files in its order, without what only the desk knows of them.
 *
 * @throws TypeError when `media` lacks an image of the variant
 */
export function mediaOf(variant: VariantContent, media: ReadonlyMap<string, MediaInfo>): MediaInfo[] {
  return variant.media.map(({ mediaId }) => {
    const found = media.get(mediaId);
    if (!found) throw new TypeError(`image ${mediaId} is missing`);
    const { sha256, mimeType, bytes, width, height, durationMs, pages } = found;
    return { mediaId, sha256, mimeType, bytes, width, height, durationMs, pages };
  });
}

/**
 * What an approval is about: the hash of each variant as delivery will freeze it (text, link, alt texts,
 * options, and of each image the hash of its bytes), where each goes, and when.
 *
 * @param at the instant at which the post goes out; null binds content alone and leaves the time open
 */
export function bindingOf(
  variants: Variant[],
  media: ReadonlyMap<string, MediaInfo>,
  at: Date | null,
): Binding {
  return {
    at: at === null ? null : at.toISOString(),
    variants: variants.map(({ channelId, content }) => ({
      channelId,
      hash: frozenHash({ variant: content, media: mediaOf(content, media) }),
    })),
  };
}

/** The hash that an approval stores, and that the approver's page echoes. */
export function boundHash(binding: Binding): string {
  return contentHash(binding);
}

/** The hash of a version: two versions that would publish the same have the same one. The title is only the desk's name for a post. */
export function versionHash(variants: Variant[], media: ReadonlyMap<string, MediaInfo>): string {
  return contentHash(bindingOf(variants, media, null).variants);
}
