import { z } from "zod";
import { instant } from "#platform/wire";
import { postStatuses } from "../model/post.ts";
import { farthestAhead, rule } from "../series/rule.schema.ts";
import { seriesStates } from "../series/series-states.ts";
import { seriesActions } from "../series/series.rules.ts";
import { channel, decision, variantCheck } from "./posts.schema.ts";

const ahead = z.int().min(1).max(farthestAhead);

export const createBody = z.object({ postId: z.uuid(), rule, ahead: ahead.default(8) });
export const changeBody = z.object({ rule: rule.optional(), ahead: ahead.optional() });
export const previewBody = z.object({ rule });
export const plannedQuery = z.object({ from: instant, to: instant });

const moment = z.object({
  date: z.string(),
  wall: z.string(),
  at: instant,
  clock: z.enum(["ordinary", "gap", "overlap"]),
});

export const rulePreview = z.object({
  words: z.string(),
  moments: z.array(moment),
  clockChanges: z.array(moment),
  problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
});

export const summary = z.object({
  id: z.uuid(),
  templateId: z.uuid(),
  title: z.string(),
  state: z.enum(seriesStates),
  rule,
  words: z.string(),
  approved: z.boolean(),
  ownWords: z
    .boolean()
    .describe(
      "You may not approve it: you wrote or changed part of it, and the workspace asks for somebody else.",
    ),
  channels: z.array(channel),
  next: instant.nullable(),
});
export const seriesList = z.object({ items: z.array(summary) });

export const series = summary.extend({
  ahead: z.int(),
  templateVersion: z.int(),
  checks: z.array(variantCheck),
  boundHash: z.string(),
  approval: decision
    .omit({ version: true, boundAt: true })
    .extend({ templateVersion: z.int(), voidedAt: instant.nullable(), voidedReason: z.string().nullable() })
    .nullable(),
  undoUntil: instant
    .nullable()
    .describe("Until when you can take back the approval that you gave a moment ago; null otherwise."),
  dates: z.array(
    moment.extend({
      postId: z.uuid().nullable(),
      status: z.enum(postStatuses).nullable(),
      scheduledAt: instant.nullable(),
      follows: z.boolean(),
      reason: z.string().nullable(),
    }),
  ),
  clockChanges: z.array(moment),
  allowed: z.array(z.enum(seriesActions)),
  refused: z.array(z.object({ action: z.enum(seriesActions), reason: z.string() })),
  createdAt: instant,
  updatedAt: instant,
});

export const plannedList = z.object({
  items: z.array(
    moment.extend({
      seriesId: z.uuid(),
      title: z.string(),
      approved: z.boolean(),
      channels: z.array(channel),
    }),
  ),
});
