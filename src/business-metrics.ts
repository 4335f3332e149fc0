import { countStuck } from "#delivery";
import type { Database } from "#platform/db";
import { addGauge, type Metrics } from "#platform/metrics";
import { countOpenDeliveries, sumModelTokens } from "./business-metrics.read.ts";

const dayMs = 86_400_000;

/** What an operator of a content desk wants to be woken for, counted when the metrics are asked for. */
export function addBusinessMetrics(metrics: Metrics, { system }: Database): void {
  const gauge = {
    name: "galley_deliveries",
    help: "Deliveries that are not finished, by connector and state",
    labels: ["connector", "state"],
  };
  addGauge(metrics, gauge, async () => {
    const rows = await countOpenDeliveries(system);
    return rows.map(({ connector, state, count }) => ({ value: count, labels: { connector, state } }));
  });
  const stuck = {
    name: "galley_deliveries_stuck",
    help: "Deliveries that are neither sent nor ask although their grace is over: a defect, by connector",
    labels: ["connector"],
  };
  addGauge(metrics, stuck, async () =>
    (await countStuck(system)).map(({ connector, count }) => ({ value: count, labels: { connector } })),
  );
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
