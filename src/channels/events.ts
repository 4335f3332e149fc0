import { z } from "zod";
import { event } from "#platform/events";

const connection = z.object({ connector: z.string(), handle: z.string(), target: z.string() });

export const channelConnected = event("channel.connected", { target: "channel", data: connection });
export const channelReconnected = event("channel.reconnected", { target: "channel", data: connection });
export const channelDisconnected = event("channel.disconnected", {
  target: "channel",
  data: z.object({
    connector: z.string(),
    handle: z.string(),
    /** Null: the platform was not asked. */
    revoked: z.boolean().nullable(),
  }),
});
export const channelPaused = event("channel.paused", { target: "channel" });
export const channelResumed = event("channel.resumed", { target: "channel" });
export const channelNeedsReconnect = event("channel.needs_reconnect", {
  target: "channel",
  data: z.object({ reason: z.string() }),
});

/** It leads elsewhere than before, so that what was approved for it may not go out. Appended by the database. */
export const channelTargetChanged = event("channel.target_changed", { target: "channel", audited: false });
/** Something ends that only a person can renew: the warning with this id says what. */
export const channelExpiryWarned = event("channel.expiry_warned", {
  target: "expiry_warning",
  audited: false,
});

const app = z.object({ connector: z.string(), secretEndsAt: z.string().nullable() });

export const appSet = event("app.set", { target: "app", data: app });
export const appChanged = event("app.changed", { target: "app", data: app });
export const appRemoved = event("app.removed", { target: "app", data: z.object({ connector: z.string() }) });

export const secretsRotated = event("secrets.rotated", {
  target: null,
  data: z.object({ version: z.number(), resealed: z.number(), unreadable: z.number() }),
});
