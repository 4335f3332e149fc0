import { z } from "zod";
import { instant, pageOf } from "#platform/wire";
import type { RunView } from "./run.ts";
import { runStates, stepNames, stepStates } from "./run.ts";
import type { RunSummary } from "./runs.read.ts";

const address = z.string().min(1).max(4000);
// Longer than any source may be: the agent itself says how much too long it is.
const text = z.string().min(1).max(8_000_000);

const source = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("markdown"), text, name: z.string().max(300).optional() }),
  z.object({ kind: z.literal("url"), url: address }),
  z.object({
    kind: z.literal("feed"),
    url: address,
    item: z.string().max(4000).optional().describe("An entry's id, link or title. Default: the newest."),
  }),
  z.object({ kind: z.literal("brief"), text: z.string().min(1).max(20_000) }),
]);

export const draftsBody = z.object({
  source,
  channelIds: z.array(z.uuid()).min(1).max(20),
  tone: z
    .string()
    .max(300)
    .optional()
    .describe("How it should sound. The built-in drafter keeps the material's own words."),
});

const sourceReference = z.object({
  kind: z.string(),
  url: z.string().nullable(),
  title: z.string(),
  excerpt: z.string(),
  sha256: z.string(),
});

const runSummary = z.object({
  id: z.uuid(),
  state: z.enum(runStates),
  source: z.object({ kind: z.string(), url: z.string().nullable(), name: z.string().nullable() }),
  postId: z.uuid().nullable(),
  sources: z.array(sourceReference),
  drafter: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});

const step = z.object({
  number: z.int(),
  name: z.enum(stepNames),
  label: z.string(),
  state: z.enum(stepStates),
  notice: z.string().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

export const runSchema = runSummary.extend({
  steps: z.array(step),
  cost: z
    .object({ amount: z.string(), currency: z.string() })
    .nullable()
    .describe("Null where the price of a model is not known"),
});
export const runPage = pageOf(runSummary);

export const drafterSchema = z.object({
  label: z.string(),
  provider: z.string(),
  model: z.string(),
  builtIn: z.boolean().describe("True where no language model is configured"),
});

export function summaryToWire(run: RunSummary): z.input<typeof runSummary> {
  return {
    ...run,
    createdAt: run.createdAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

export function runToWire(run: RunView): z.input<typeof runSchema> {
  return {
    ...summaryToWire(run),
    cost: run.cost,
    steps: run.steps.map((one) => ({
      ...one,
      startedAt: one.startedAt?.toISOString() ?? null,
      finishedAt: one.finishedAt?.toISOString() ?? null,
    })),
  };
}
