import type { Database } from "#platform/db";
import { addGauge, type Metrics } from "#platform/metrics";
import { sumModelTokens } from "./usage.read.ts";

const dayMs = 86_400_000;

/** Tokens of the last day, summed when the metrics are asked for. */
export function addUsageMetrics(metrics: Metrics, { system }: Database): void {
  const tokens = {
    name: "galley_model_tokens_last_day",
    help: "Tokens of model calls in the last 24 hours, by provider, model and direction",
    labels: ["provider", "model", "direction"],
  };
  addGauge(metrics, tokens, async () => {
    const rows = await sumModelTokens(system, new Date(Date.now() - dayMs));
    return rows.flatMap(({ provider, model, input, output }) => [
      { value: Number(input), labels: { provider, model, direction: "input" } },
      { value: Number(output), labels: { provider, model, direction: "output" } },
    ]);
  });
}
