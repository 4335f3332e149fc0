import type { Money } from "#kit";

/** One call of a model, or of the built-in drafter that stands in for one. */
export type UsageEvent = {
  workspaceId: string;
  userId: string | null;
  runId: string | null;
  /** What it was for: "draft". */
  operation: string;
  /** "openai", "ollama"; "galley" for what runs here. */
  provider: string;
  model: string;
  /** Null where the provider did not say. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** Null where the price is not known; never zero for unknown. */
  cost: Money | null;
  durationMs: number;
  outcome: "ok" | "failed";
  errorCode: string | null;
};

/** Sums over some calls. `cost` adds up what is known; `unpriced` counts the calls that it leaves out. */
export type UsageTotal = {
  calls: number;
  failed: number;
  inputTokens: number;
  outputTokens: number;
  durationMs: number;
  cost: Money;
  unpriced: number;
};

export type UsageSummary = {
  from: Date;
  to: Date;
  total: UsageTotal;
  /** `day` is a calendar day of the workspace's time zone: "2026-12-01". */
  items: (UsageTotal & { provider: string; model: string; operation: string; day: string })[];
};
