import { countStuck } from "#delivery";
import type { Database } from "#platform/db";
import { addGauge, type Metrics } from "#platform/metrics";

/** States in which a delivery still has a way to go or waits for a person; the final ones only grow. */
const openStates = [
  "scheduled",
  "claimed",
  "in_flight",
  "ambiguous",
  "reconciling",
  "needs_human",
  "needs_reconnect",
  "missed",
] as const;

/** What an operator of a content desk wants to be woken for, counted when the metrics are asked for. */
export function addBusinessMetrics(metrics: Metrics, { system }: Database): void {
  const gauge = {
    name: "galley_deliveries",
    help: "Deliveries that are not finished, by connector and state",
    labels: ["connector", "state"],
  };
  addGauge(metrics, gauge, async () => {
    const rows = await system
      .selectFrom("deliveries")
      .select((query) => ["connector", "state", query.fn.countAll<number>().as("count")])
      .where("state", "in", openStates)
      .groupBy(["connector", "state"])
      .execute();
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
    const rows = await system
      .selectFrom("usage_events")
      .select((query) => [
        "provider",
        "model",
        query.fn.sum<string>("input_tokens").as("input"),
        query.fn.sum<string>("output_tokens").as("output"),
      ])
      .where("created_at", ">", new Date(Date.now() - 86_400_000))
      .groupBy(["provider", "model"])
      .execute();
    return rows.flatMap(({ provider, model, input, output }) => [
      { value: Number(input), labels: { provider, model, direction: "input" } },
      { value: Number(output), labels: { provider, model, direction: "output" } },
    ]);
  });
}
