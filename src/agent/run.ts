import { z } from "zod";
import type { VariantContent } from "#connectors";
import type { Money } from "#kit";
import type { Digest } from "./drafting/digest.ts";
import type { Material, SourceReference } from "./sources/material.ts";
import type { SourceRequest } from "./sources/material.ts";

/** The job that executes a run, and the lease of whoever does. */
export const runTask = "agent.run";

export const runStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type RunState = (typeof runStates)[number];

export const stepNames = ["read", "understand", "draft", "propose"] as const;
type StepName = (typeof stepNames)[number];

/** What a run was asked; channels are remembered with their names, for the labels of its steps. */
export type RunInput = {
  source: SourceRequest;
  channels: { id: string; connector: string; handle: string }[];
  tone: string | null;
};

export const stepStates = ["pending", "running", "done", "failed"] as const;

/** A step as people follow it. `notice`: what they should know although it is done. */
export type RunStep = {
  number: number;
  name: StepName;
  label: string;
  state: (typeof stepStates)[number];
  notice: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
};

export type RunView = {
  id: string;
  state: RunState;
  source: { kind: SourceRequest["kind"]; url: string | null; name: string | null };
  steps: RunStep[];
  postId: string | null;
  sources: SourceReference[];
  drafter: string | null;
  /** Null where the price of one of the calls is not known. */
  cost: Money | null;
  error: { code: string; message: string } | null;
  createdAt: Date;
  finishedAt: Date | null;
};

/** What each step leaves for the next, as it is stored: a run goes on from these after a crash. */
export type StepOutput = {
  read: { material: Material };
  understand: { digest: Digest };
  draft: { channelId: string; content: VariantContent };
  propose: { postId: string };
};

const sourceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("markdown"), text: z.string(), name: z.string().optional() }),
  z.object({ kind: z.literal("url"), url: z.string() }),
  z.object({ kind: z.literal("feed"), url: z.string(), item: z.string().optional() }),
  z.object({ kind: z.literal("brief"), text: z.string() }),
]);

/** Reads the `input` column. */
export const runInputSchema: z.ZodType<RunInput> = z.object({
  source: sourceSchema,
  channels: z.array(z.object({ id: z.string(), connector: z.string(), handle: z.string() })),
  tone: z.string().nullable(),
});

/** The steps of a run from its first moment on, so that progress has an end; `all` in their order. */
export function plannedSteps(input: RunInput, nameOf: (connector: string) => string) {
  const read = { name: "read" as const, number: 1, label: readLabel(input.source) };
  const understand = { name: "understand" as const, number: 2, label: "Find what matters" };
  const drafts = input.channels.map((channel, index) => ({
    name: "draft" as const,
    number: index + 3,
    label: `Draft for ${nameOf(channel.connector)} (${channel.handle})`,
    channel,
  }));
  const propose = { name: "propose" as const, number: drafts.length + 3, label: "Save the draft" };
  return { read, understand, drafts, propose, all: [read, understand, ...drafts, propose] };
}

function readLabel(source: SourceRequest): string {
  switch (source.kind) {
    case "brief":
      return "Read the brief";
    case "markdown":
      return `Read ${source.name ?? "the text"}`;
    case "url":
    case "feed":
      return `Read ${URL.parse(source.url)?.hostname ?? "the address"}`;
  }
}
