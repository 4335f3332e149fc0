import type { MediaInfo, VariantContent } from "#connectors";
import { contentHash } from "#kit";

/**
 * What an approval bound: the hash of each variant, where it goes, and when (null: at any time). `target`: the
 * fingerprint of where the channel's posts go; missing where the channel had none then.
 */
export type Binding = { at: string | null; variants: BoundVariant[] };
type BoundVariant = { channelId: string; hash: string; target?: string };

/** The copy that is sent: nothing that happens to the post afterwards changes it. */
export type FrozenContent = { variant: VariantContent; media: MediaInfo[] };

/**
 * SHA-256 of the frozen copy; the hash that stands in an approval's binding for this variant. Of an image
 * it counts what it counted before there were videos and documents, so that older approvals still stand.
 */
export function frozenHash(content: FrozenContent): string {
  const media = content.media.map(({ durationMs, pages, ...info }) => ({
    ...info,
    ...(durationMs == null ? {} : { durationMs }),
    ...(pages == null ? {} : { pages }),
  }));
  return contentHash({ variant: content.variant, media });
}
