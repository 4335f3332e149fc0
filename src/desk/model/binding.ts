import type { MediaInfo, VariantContent } from "#connectors";
import { type Binding, frozenHash } from "#delivery";
import { contentHash } from "#kit";
import type { ChannelTarget } from "./check.ts";
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

/** What of a post an approval is about. */
export type Bindable = {
  variants: Variant[];
  media: ReadonlyMap<string, MediaInfo>;
  channels: ReadonlyMap<string, { target: ChannelTarget }>;
};

/** Where each channel led when an approval was given, by its id. */
export type BoundTargets = Readonly<Record<string, { hash: string; words: string }>>;

/**
 * What an approval is about: the hash of each variant as delivery will freeze it (text, link, alt texts,
 * options, and of each image the hash of its bytes), where each goes, and when.
 *
 * @param at the instant at which the post goes out; null binds content alone and leaves the time open
 */
export function bindingOf(post: Bindable, at: Date | null): Binding {
  return bound(post, at, (channelId) => post.channels.get(channelId)?.target.hash ?? undefined);
}

/**
 * The same as an approval that stands would have bound it. A channel that had no fingerprint then was approved for
 * wherever it led, which is where it still leads as long as its target never changed.
 */
export function bindingAsApproved(post: Bindable, at: Date | null, targets: BoundTargets): Binding {
  return bound(post, at, (channelId) => {
    const now = post.channels.get(channelId)?.target;
    if (targets[channelId] !== undefined) return now?.hash ?? undefined;
    return now?.changedAt ? (now.hash ?? undefined) : undefined;
  });
}

function bound(
  { variants, media }: Pick<Bindable, "variants" | "media">,
  at: Date | null,
  targetOf: (channelId: string) => string | undefined,
): Binding {
  return {
    at: at === null ? null : at.toISOString(),
    variants: variants.map(({ channelId, content }) => {
      const target = targetOf(channelId);
      const hash = frozenHash({ variant: content, media: mediaOf(content, media) });
      return { channelId, hash, ...(target === undefined ? {} : { target }) };
    }),
  };
}

/** Where the channels of a post lead now, for an approval to keep. */
export function targetsOf({ variants, channels }: Pick<Bindable, "variants" | "channels">): BoundTargets {
  return Object.fromEntries(
    variants.flatMap(({ channelId }) => {
      const { hash = null, words = null } = channels.get(channelId)?.target ?? {};
      return hash === null || words === null ? [] : [[channelId, { hash, words }]];
    }),
  );
}

/** The hash that an approval stores, and that the approver's page echoes. */
export function boundHash(binding: Binding): string {
  return contentHash(binding);
}

/** The hash of a version: two versions that would publish the same have the same one. The title is only the desk's name for a post. */
export function versionHash(variants: Variant[], media: ReadonlyMap<string, MediaInfo>): string {
  return contentHash(bound({ variants, media }, null, () => undefined).variants);
}
