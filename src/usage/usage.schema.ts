import { z } from "zod";
import { instant } from "#platform/wire";

const moneySchema = z.object({ amount: z.string(), currency: z.string() });

const totalSchema = z.object({
  calls: z.int(),
  failed: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  durationMs: z.int(),
  cost: moneySchema.describe("The sum of what is known, in US dollars"),
  unpriced: z.int().describe("Calls whose price is not known and is missing from `cost`"),
});

export const summarySchema = z.object({
  from: instant,
  to: instant,
  total: totalSchema,
  items: z.array(
    totalSchema.extend({
      provider: z.string(),
      model: z.string(),
      operation: z.string(),
      day: z.string().describe("Calendar day in the workspace's time zone"),
    }),
  ),
});
