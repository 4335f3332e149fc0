import type { Usage } from "../api/types.ts";

type UsageRow = Usage["items"][number];

/** The daily rows of the API, added up per model and operation; the dearest first. */
export function byModel(items: UsageRow[]): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const item of items) {
    const key = JSON.stringify([item.provider, item.model, item.operation]);
    const row = rows.get(key);
    rows.set(key, row ? sum(row, item) : item);
  }
  return [...rows.values()].sort((left, right) => Number(right.cost.amount) - Number(left.cost.amount));
}

function sum(left: UsageRow, right: UsageRow): UsageRow {
  return {
    ...left,
    calls: left.calls + right.calls,
    failed: left.failed + right.failed,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    durationMs: left.durationMs + right.durationMs,
    unpriced: left.unpriced + right.unpriced,
    // For the eye; the API keeps the exact sums per day.
    cost: { ...left.cost, amount: String(Number(left.cost.amount) + Number(right.cost.amount)) },
  };
}
