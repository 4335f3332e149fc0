import { useQuery } from "@tanstack/react-query";
import {
  attentionQuery,
  channelsQuery,
  expiryWarningsQuery,
  overviewQuery,
  waitingQuery,
} from "../api/queries.ts";
import type { Channel, Delivery, ExpiryWarning, PostSummary, SeriesSummary } from "../api/types.ts";
import { useCan } from "../api/use-me.ts";
import { useQuiet } from "../lib/quiet.ts";
import { openCopies } from "../post/delivery/open-copies.ts";
import { seriesListQuery } from "../planning/queries.ts";

/** In the order in which they are shown: what may be live first, what has time last. */
export const needKinds = ["answer", "channel", "stopped", "approval"] as const;
export type NeedKind = (typeof needKinds)[number];

export type Need = { id: string; kind: NeedKind } & (
  | { what: "delivery"; delivery: Delivery }
  | { what: "channel"; channel: Channel; held: number }
  | { what: "expiry"; warning: ExpiryWarning }
  | { what: "post"; post: PostSummary }
  | { what: "series"; series: SeriesSummary }
);

type Needs = { needs: Need[]; isPending: boolean; error: Error | null };

/** Everything that waits for this person. Approvals count for those who may approve, and not what waits for another. */
export function useNeeds(): Needs {
  const other = useOtherNeeds();
  const posts = useQuery({ ...waitingQuery, enabled: useCan("posts.approve") });
  const approvals = (posts.data ?? [])
    .filter(({ ownWords }) => !ownWords)
    .map((post): Need => ({ id: post.id, kind: "approval", what: "post", post }));
  const all = [...approvals, ...other.needs];
  return {
    needs: needKinds.flatMap((kind) => all.filter((need) => need.kind === kind)),
    isPending: other.isPending || posts.isLoading,
    error: other.error ?? posts.error,
  };
}

/** How much waits for this person. Posts are counted by the server, so that no screen loads them for a number. */
export function useNeedsCount(): number {
  const approver = useCan("posts.approve");
  const enabled = useQuiet();
  const { needs } = useOtherNeeds(enabled);
  const { data } = useQuery({ ...overviewQuery, enabled });
  return needs.length + (approver ? (data?.waiting.forYou ?? 0) : 0);
}

/** What waits for this person beside single posts to approve. */
export function useOtherNeeds(enabled = true): Needs {
  const approver = useCan("posts.approve");
  const deliveries = useQuery({ ...attentionQuery, enabled });
  const channels = useQuery({ ...channelsQuery, refetchInterval: 30_000, enabled });
  const warnings = useQuery({ ...expiryWarningsQuery, enabled });
  const series = useQuery({ ...seriesListQuery, refetchInterval: 30_000, enabled: enabled && approver });
  const needs = [
    ...ofDeliveries(deliveries.data ?? [], channels.data ?? []),
    ...ofChannels(deliveries.data ?? [], channels.data ?? []),
    ...(warnings.data ?? []).map((warning): Need => ({
      id: warning.id,
      kind: "channel",
      what: "expiry",
      warning,
    })),
    ...(series.data ?? [])
      .filter(({ state, approved, ownWords }) => state === "active" && !approved && !ownWords)
      .map((one): Need => ({ id: one.id, kind: "approval", what: "series", series: one })),
  ];
  return {
    needs,
    isPending: deliveries.isPending || channels.isPending,
    error: deliveries.error ?? channels.error ?? warnings.error ?? series.error,
  };
}

/** What is held by its channel stands with the channel, once, unless the channel is back and it was too late. */
function isHeld(delivery: Delivery, channels: Channel[]): boolean {
  const channel = channels.find(({ id }) => id === delivery.channel.id);
  return delivery.state === "needs_reconnect" && channel?.status !== "connected";
}

function ofDeliveries(deliveries: Delivery[], channels: Channel[]): Need[] {
  return deliveries
    .filter((delivery) => !isHeld(delivery, channels))
    .map((delivery) => ({
      id: delivery.id,
      kind: delivery.state === "needs_human" || openCopies(delivery).length > 0 ? "answer" : "stopped",
      what: "delivery",
      delivery,
    }));
}

/** A channel that was disconnected on purpose needs nobody until a post waits for it. */
function ofChannels(deliveries: Delivery[], channels: Channel[]): Need[] {
  return channels.flatMap((channel): Need[] => {
    const held = deliveries.filter(
      ({ state, channel: { id } }) => state === "needs_reconnect" && id === channel.id,
    );
    const asks =
      channel.status === "needs_reconnect" || (channel.status === "disconnected" && held.length > 0);
    return asks ? [{ id: channel.id, kind: "channel", what: "channel", channel, held: held.length }] : [];
  });
}
