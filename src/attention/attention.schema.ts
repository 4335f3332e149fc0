import { z } from "zod";
import { warningSchema } from "#contracts/channels";
import { deliverySchema } from "#contracts/delivery";
import { postSummary, seriesSummary } from "#contracts/desk";
import { instant, pageOf, pageQuery } from "#platform/wire";
import { needKinds } from "./attention.read.ts";

const need = z.object({
  id: z.uuid().describe("Of what waits."),
  kind: z.enum(needKinds),
  what: z.enum(["delivery", "channel", "warning", "post", "series"]),
  postId: z.uuid().nullable(),
  channel: z.object({ id: z.uuid(), connector: z.string(), handle: z.string() }).nullable(),
  title: z.string().describe("Of the post; empty where it is about none."),
  state: z.string().describe("Of the delivery, channel, post or series; of a warning, what ends."),
  reason: z.string().nullable(),
  since: instant,
  held: z.int().describe("Of a channel: posts that wait for it."),
  warning: warningSchema.nullable(),
  delivery: deliverySchema.nullable().describe("Of a delivery: all that its question is about."),
  post: postSummary.nullable().describe("Of a post that is to be approved."),
  series: seriesSummary.nullable().describe("Of a series that is to be approved."),
});

const counts = z.object(
  Object.fromEntries(needKinds.map((kind) => [kind, z.int()])) as Record<
    (typeof needKinds)[number],
    z.ZodInt
  >,
);

export const attentionPage = pageOf(need).extend({
  count: z.int().describe("Everything that waits for this person."),
  counts,
});

export const attentionQuery = pageQuery.extend({
  kind: z.enum(needKinds).optional().describe("Default: all."),
});
