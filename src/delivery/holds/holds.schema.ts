import { z } from "zod";
import { instant } from "#platform/wire";

export const slowedChannel = z.object({
  channelId: z.uuid(),
  hold: z
    .object({
      since: instant,
      until: instant,
      reason: z.string(),
      evidence: z.string().nullable().describe("The status and words that the platform answered."),
      waiting: z.int().describe("Posts of the channel that are due and wait for the end of it."),
    })
    .nullable()
    .describe("The platform has asked to wait before anything more is sent to this account."),
  window: z
    .object({
      visibleAfterMs: z
        .number()
        .describe("The longest that a post was seen to stay invisible, halved for each week since."),
      seenAt: instant.describe("When one was last seen to come so late."),
    })
    .nullable()
    .describe("After a lost answer Galley waits twice as long before it counts a post as absent."),
});

export const slowedList = z.object({ items: z.array(slowedChannel) });
