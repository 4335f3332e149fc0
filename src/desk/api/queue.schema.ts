import { z } from "zod";
import { instant } from "#platform/wire";
import { postStatuses } from "../model/post.ts";

const weekday = z.int().min(1).max(7);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const zone = z.string().min(1).max(100).nullable().default(null);

export const slotBody = z.object({ channelId: z.uuid(), weekday, time, zone });
export const slotChange = z.object({ weekday, time, zone });
export const upcomingQuery = z.object({ from: instant, to: instant });
export const suggestBody = z.object({
  channelIds: z.array(z.uuid()).min(1).max(50),
  /** The post that looks for a slot: its own time is not in its way. */
  postId: z.uuid().nullable().default(null),
});
export const moveBody = z.object({ direction: z.enum(["earlier", "later"]) });

/** `zone` null: the workspace's. */
export const slot = z.object({
  id: z.uuid(),
  channelId: z.uuid(),
  weekday: z.int(),
  time: z.string(),
  zone: z.string().nullable(),
});
export const slotList = z.object({ items: z.array(slot) });

const moment = z.object({ at: instant, wall: z.string(), zone: z.string() });
export const upcomingList = z.object({
  items: z.array(
    moment.extend({
      slotId: z.uuid(),
      channelId: z.uuid(),
      post: z
        .object({ id: z.uuid(), title: z.string(), status: z.enum(postStatuses), queued: z.boolean() })
        .nullable(),
    }),
  ),
});
/** `reasons`: sentences for a person. */
export const suggestion = moment.extend({ reasons: z.array(z.string()) });
