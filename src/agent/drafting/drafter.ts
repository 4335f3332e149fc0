import type { Connector, VariantContent } from "#connectors";
import type { Money } from "#kit";
import type { Material } from "../sources/material.ts";
import type { Digest } from "./digest.ts";

/** What people see of who drafts. */
export type DrafterInfo = {
  /** "Built-in extractive drafter", or the model: "gpt-5-mini by OpenAI". */
  label: string;
  provider: string;
  model: string;
  /** True where no language model is configured. */
  builtIn: boolean;
};

export type DraftRequest = {
  material: Material;
  digest: Digest;
  connector: Connector;
  /** How it should sound, in the person's words; null where nothing was said. */
  tone: string | null;
  signal: AbortSignal;
  /** Called once for every call of a model, also for one that failed. */
  report: (call: ModelCall) => void;
};

/** What one call used; becomes a usage event. */
export type ModelCall = {
  provider: string;
  model: string;
  inputTokens: number | null;
  outputTokens: number | null;
  cost: Money | null;
  durationMs: number;
  outcome: "ok" | "failed";
  errorCode: string | null;
};

/** Writes the variant for one channel. `notice` is what the person should know although there is a draft. */
export type Drafter = {
  info: DrafterInfo;
  draft(request: DraftRequest): Promise<{ content: VariantContent; notice: string | null }>;
};
