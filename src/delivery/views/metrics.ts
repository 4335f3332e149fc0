import type { Database } from "#platform/db";
import { addGauge, type Metrics } from "#platform/metrics";
import { countOpenDeliveries } from "./metrics.read.ts";
import { countStuck } from "./stuck.read.ts";

/** What an operator wants to be woken for, counted when the metrics are asked for. */
export function addDeliveryMetrics(metrics: Metrics, { system }: Database): void {
  const open = {
    name: "galley_deliveries",
    help: "Deliveries that are not finished, by connector and state",
    labels: ["connector", "state"],
  };
  addGauge(metrics, open, async () => {
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
}
