import type { Delivery, DeliveryState } from "../../api/types.ts";

/** States that nothing but a person ends. */
export const stopped: ReadonlySet<DeliveryState> = new Set([
  "needs_reconnect",
  "rejected",
  "missed",
  "skipped",
]);

/** Whether a part of it is live and the rest has stopped; then it can be left so, and no longer cancelled. */
export function isHalfLive({ state, attempts }: Delivery): boolean {
  return (
    stopped.has(state) &&
    attempts.some(({ state: outcome }) => outcome === "confirmed" || outcome === "partly")
  );
}
