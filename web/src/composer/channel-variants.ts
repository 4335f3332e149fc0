import type { Channel, Connector, Limits, Variant, VariantCheck } from "../api/types.ts";

export function emptyVariant(channelId: string, parts: string[] = [""]): Variant {
  return { channelId, content: { parts, link: null, media: [], firstComment: null, options: {} } };
}

/** `limits`: the channel's own, which may be others than its connector's. */
export type Target = { channel: Channel; connector: Connector; limits: Limits };

/** A variant's channel with its connector; null when one of them is gone. */
export function targetOf(channelId: string, channels: Channel[], connectors: Connector[]): Target | null {
  const channel = channels.find((candidate) => candidate.id === channelId);
  const connector = connectors.find((candidate) => candidate.id === channel?.connector);
  if (!channel || !connector) return null;
  return { channel, connector, limits: channel.limits ?? connector.limits };
}

/** What would be refused; warnings keep nobody from going on. */
export function errorCount(check: VariantCheck | undefined): number {
  return check?.problems.filter((problem) => problem.severity === "error").length ?? 0;
}
