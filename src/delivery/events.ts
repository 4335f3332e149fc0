import { z } from "zod";
import { event, installationEvent } from "#platform/events";

/**
 * Deliveries of these posts have come to an end, ask a person, or go on after that: whoever shows posts looks again.
 * Appended by the database as well (`settle_deliveries`).
 */
export const deliverySettled = event("delivery.settled", {
  target: null,
  data: z.object({ postIds: z.array(z.uuid()) }),
  audited: false,
});

export const deliveryResolved = event("delivery.resolved", {
  target: "delivery",
  data: z.object({
    outcome: z.enum(["live", "absent"]),
    url: z.string().nullable().optional(),
    rest: z.enum(["send", "leave"]).optional(),
  }),
});
export const deliveryRetried = event("delivery.retried", { target: "delivery" });
export const deliveryLeft = event("delivery.left", {
  target: "delivery",
  data: z.object({ from: z.string(), live: z.number(), items: z.number().nullable() }),
});
export const deliverySecondCopyFound = event("delivery.second_copy_found", {
  target: "delivery",
  data: z.object({ item: z.number(), urls: z.array(z.string().nullable()) }),
});
export const deliverySecondCopyAcknowledged = event("delivery.second_copy_acknowledged", {
  target: "delivery",
  data: z.object({ url: z.string().nullable() }),
});

export const channelHoldLifted = event("channel.hold_lifted", {
  target: "channel",
  data: z.object({ since: z.string(), until: z.string() }),
});
export const channelWindowForgotten = event("channel.window_forgotten", {
  target: "channel",
  data: z.object({ visibleAfterMs: z.number() }),
});

export const deliveryQuarantined = installationEvent("delivery.quarantined", {
  target: null,
  data: z.object({ since: z.string() }),
});
export const deliveryReleased = installationEvent("delivery.released", {
  target: null,
  data: z.object({ otherIsOff: z.boolean(), nothingSentEarly: z.boolean() }),
});
