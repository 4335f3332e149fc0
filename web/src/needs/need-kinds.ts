import type { NeedKind } from "../api/types.ts";

/** In the order in which they are shown: what may be live first, what has time last. */
export const needKinds = ["answer", "channel", "stopped", "approval"] as const satisfies readonly NeedKind[];
