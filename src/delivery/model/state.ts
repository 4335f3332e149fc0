/**
 * The delivery state machine as data. The database holds the same table (`delivery_may_move`,
 * `attempt_may_move`), so a bug in the code around it cannot make a forbidden step.
 *
 * INTENT has no state of its own: a delivery is `in_flight` from the commit that made its attempt row
 * durable. ABSENT_PROVEN and NOT_SENT are ends of an attempt; the delivery goes back to `scheduled`.
 */
export const deliveryStates = [
  "scheduled",
  "claimed",
  "in_flight",
  "confirmed",
  "rejected",
  "needs_reconnect",
  "ambiguous",
  "reconciling",
  "needs_human",
  "missed",
  "cancelled",
  // Some of its items are live, and a person has given up the rest.
  // Or it went to some of its recipients, and others were refused.
  "partly",
  // Its channel was not set up when the post was sent on its way, and a person said to go without it.
  "skipped",
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const attemptStates = [
  "open",
  "confirmed",
  // It went to some of its recipients, and the platform put off others: they are the next attempt's.
  "partly",
  "not_sent",
  "rejected",
  "unauthorized",
  "ambiguous",
  "absent_proven",
] as const;
export type AttemptState = (typeof attemptStates)[number];

const deliveryMoves: Record<DeliveryState, readonly DeliveryState[]> = {
  scheduled: ["claimed", "missed", "needs_reconnect", "cancelled"],
  claimed: ["in_flight", "scheduled", "rejected", "needs_reconnect", "missed", "cancelled"],
  in_flight: ["confirmed", "scheduled", "rejected", "needs_reconnect", "missed", "ambiguous", "partly"],
  confirmed: [],
  // Nobody but a person or a proof leaves these three, and never straight to sending.
  ambiguous: ["reconciling", "confirmed", "scheduled", "missed", "partly"],
  reconciling: ["ambiguous", "confirmed", "scheduled", "missed", "needs_human", "partly"],
  needs_human: ["ambiguous", "confirmed", "scheduled", "missed", "partly"],
  rejected: ["scheduled", "cancelled", "partly"],
  missed: ["scheduled", "cancelled", "partly"],
  needs_reconnect: ["scheduled", "missed", "cancelled", "partly"],
  cancelled: [],
  partly: [],
  skipped: ["scheduled", "cancelled"],
};

const attemptMoves: Record<AttemptState, readonly AttemptState[]> = {
  open: ["confirmed", "partly", "not_sent", "rejected", "unauthorized", "ambiguous"],
  confirmed: [],
  partly: [],
  not_sent: [],
  rejected: [],
  unauthorized: [],
  ambiguous: ["confirmed", "absent_proven"],
  absent_proven: [],
};

/** Whether a delivery may go from one state to another; staying is always allowed. */
export function deliveryMayMove(from: DeliveryState, to: DeliveryState): boolean {
  return from === to || deliveryMoves[from].includes(to);
}

/** Whether an attempt may go from one state to another; staying is always allowed. */
export function attemptMayMove(from: AttemptState, to: AttemptState): boolean {
  return from === to || attemptMoves[from].includes(to);
}

/** An attempt whose item is, or may be, visible: no other attempt of that item may start beside it. */
export function mayBeVisible(state: AttemptState): boolean {
  return state === "open" || state === "ambiguous" || state === "confirmed";
}

/** Whether it went out is not known: Galley looks, or asks a person. */
export const uncertainStates = ["ambiguous", "reconciling", "needs_human"] as const;

/** It did not go out and will not by itself: a person decides. */
export const stoppedStates = ["rejected", "missed", "needs_reconnect"] as const;

/** It has a way to go or waits for a person; of the others there are only ever more. */
export const openStates = [
  "scheduled",
  "claimed",
  "in_flight",
  "ambiguous",
  "reconciling",
  "needs_human",
  "needs_reconnect",
  "missed",
] as const;

/** States in which a delivery waits for nothing but a person; the desk counts them as settled. */
export const settledStates: ReadonlySet<DeliveryState> = new Set([
  "confirmed",
  "rejected",
  "needs_reconnect",
  "needs_human",
  "missed",
  "cancelled",
  "partly",
  "skipped",
]);
