import type { DeliveryState } from "#delivery";
import type { PostStatus } from "./post.ts";

/** What the desk needs to know of one delivery. */
export type DeliveryFact = {
  channelId: string;
  state: DeliveryState;
  dueAt: Date;
  /** Some item of it is live, as the first part of a thread whose second was refused. */
  anyLive: boolean;
};

/**
 * The state of a post, from the deliveries of its standing approval alone, so that computing it twice or
 * late does no harm. Null where there is nothing to compute it from.
 *
 * What may be visible but is not known (`ambiguous`, `needs_human`, ...) keeps the post at `publishing`.
 * A delivery that waits for access makes the post wait for its channel, and it goes on by itself once there is
 * some; a post that is live elsewhere is partly published, because nothing of it can be edited any more.
 */
export function statusOf(deliveries: DeliveryFact[], now: Date): PostStatus | null {
  const wanted = deliveries.filter(({ state }) => state !== "cancelled");
  if (wanted.length === 0) return null;
  // What was skipped waits for nothing: the others decide, and it keeps the post from having gone out as a whole.
  const sent = wanted.filter(({ state }) => state !== "skipped");
  if (sent.length === 0) return "failed";
  if (sent.every(({ state, dueAt }) => state === "scheduled" && dueAt > now)) return "scheduled";
  if (wanted.some(({ state }) => !ended.has(state))) return "publishing";
  const channels = new Set(wanted.map(({ channelId }) => channelId));
  const gaveUpOne = deliveries.some(({ channelId }) => !channels.has(channelId));
  if (!gaveUpOne && sent.every(({ state }) => state === "confirmed")) {
    return sent.length === wanted.length ? "published" : "partly";
  }
  if (wanted.some(({ state, anyLive }) => state === "confirmed" || anyLive)) return "partly";
  if (wanted.some(({ state }) => state === "needs_reconnect")) return "waiting_for_channel";
  return sent.every(({ state }) => state === "missed") ? "missed" : "failed";
}

const ended: ReadonlySet<DeliveryFact["state"]> = new Set([
  "confirmed",
  "rejected",
  "needs_reconnect",
  "missed",
  // A part of it is live, and a person has left it so.
  "partly",
  "skipped",
]);
