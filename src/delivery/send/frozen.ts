import type { Connector, ConnectorContext, DeliveryInput, Plan } from "#connectors";
import { ConnectorFailure, fingerprintOf } from "#connectors";
import { contentHash, sha256 } from "#kit";
import type { MediaBytes } from "../deps.ts";
import type { Claimed } from "../model/claimed.ts";
import { DeliveryError } from "../model/errors.ts";
import { frozenHash } from "../model/frozen-content.ts";

/** Plain words for what is wrong with the frozen copy of a delivery; null where it is what was approved (invariant 4). */
export function frozenProblem(claimed: Claimed): string | null {
  if (frozenHash(claimed.content) !== claimed.contentHash) {
    return "The stored content no longer has the hash that it was stored with.";
  }
  if (contentHash(claimed.binding) !== claimed.bindingHash) {
    return "The stored approval no longer has the hash that it was stored with.";
  }
  const bound = claimed.binding.variants.some(
    ({ channelId, hash, target = null }) =>
      channelId === claimed.channelId && hash === claimed.contentHash && target === claimed.targetHash,
  );
  return bound ? null : "The approval does not bind this content for this channel.";
}

/**
 * Throws where the channel, as it was opened to send this, leads elsewhere than the approval said. An approval of
 * before fingerprints bound none; the database refuses it once the target has changed.
 */
export async function assertTarget(
  claimed: Claimed,
  connector: Connector,
  context: ConnectorContext,
): Promise<void> {
  if (claimed.targetHash === null) return;
  const { hash, words } = await fingerprintOf(connector, context);
  if (hash === claimed.targetHash) return;
  throw new ConnectorFailure({
    verdict: "rejected",
    code: targetChanged,
    message: `This channel goes to ${words} now, and the post was approved for elsewhere. Ask for approval again.`,
  });
}

export const targetChanged = "delivery.target_changed";

/** The hash of each item as it stands in an attempt: kind and payload. */
export function hashItems(plan: Plan): string[] {
  return plan.items.map((item) => contentHash({ kind: item.kind, payload: item.payload }));
}

/** A plan exactly as the database will give it back: what cannot be stored must not be sent either. */
export function storablePlan(plan: Plan): Plan {
  const stored = JSON.parse(JSON.stringify(plan)) as Plan;
  if (stored.items.length > 0) return stored;
  throw new DeliveryError({
    code: "delivery.empty_plan",
    kind: "internal",
    message: "The connector planned nothing to publish.",
  });
}

/** What `prepare` gets: the frozen variant, and files whose bytes are hashed again when they are read. */
export function deliveryInput(claimed: Claimed, files: MediaBytes): DeliveryInput {
  const { variant, media } = claimed.content;
  const altTexts = new Map(variant.media.map(({ mediaId, altText }) => [mediaId, altText]));
  return {
    deliveryId: claimed.id,
    variant,
    dueAt: claimed.dueAt,
    media: media.map((info) => ({
      ...info,
      // A copy that was frozen before there were videos and documents lacks these.
      durationMs: info.durationMs ?? null,
      pages: info.pages ?? null,
      altText: altTexts.get(info.mediaId) ?? "",
      publicUrl: files.publicUrl(claimed.workspaceId, info.sha256),
      chunks: (size) => files.chunks(claimed.workspaceId, info.sha256, size),
      read: async () => {
        const bytes = await files.read(claimed.workspaceId, info.sha256);
        if (sha256(bytes) === info.sha256) return bytes;
        throw new DeliveryError({
          code: "delivery.media_changed",
          kind: "internal",
          message: "The stored image is not the one that was approved.",
        });
      },
    })),
  };
}
