import { type Kysely, sql } from "kysely";
import type { Money } from "#kit";
import { addMoney, money } from "#kit";
import type { Database, Schema } from "#platform/db";
import { compileOnly } from "#platform/db";
import type { UsageSummary, UsageTotal } from "./usage.ts";

/** What a workspace used in `[from, to)`, in total and by model, operation and day, newest day first. */
export async function usageSummary(
  database: Database,
  workspaceId: string,
  range: { from: Date; to: Date },
): Promise<UsageSummary> {
  const query = compileOnly
    .selectFrom("usage_events")
    .innerJoin("workspaces", "workspaces.id", "usage_events.workspace_id")
    .select((row) => [
      "provider",
      "model",
      "operation",
      sql<string>`to_char(usage_events.created_at at time zone workspaces.time_zone, 'YYYY-MM-DD')`.as("day"),
      row.fn.countAll<number>().as("calls"),
      sql<number>`count(*) filter (where outcome = 'failed')`.as("failed"),
      sql<number>`count(*) filter (where cost_amount is null)`.as("unpriced"),
      sql<number>`coalesce(sum(input_tokens), 0)::int8`.as("input_tokens"),
      sql<number>`coalesce(sum(output_tokens), 0)::int8`.as("output_tokens"),
      sql<number>`sum(duration_ms)`.as("duration_ms"),
      // Every price that we know is in US dollars; see agent/llm/prices.ts.
      sql<string>`coalesce(sum(cost_amount), 0)::text`.as("cost"),
    ])
    .where("usage_events.workspace_id", "=", workspaceId)
    .where("usage_events.created_at", ">=", range.from)
    .where("usage_events.created_at", "<", range.to)
    .groupBy(["provider", "model", "operation", "day"])
    .orderBy("day", "desc")
    .orderBy("provider")
    .orderBy("model")
    .orderBy("operation")
    .compile();
  const rows = await database.read(workspaceId, query);
  const items = rows.map((row) => ({
    provider: row.provider,
    model: row.model,
    operation: row.operation,
    day: row.day,
    calls: row.calls,
    failed: row.failed,
    unpriced: row.unpriced,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    durationMs: row.duration_ms,
    cost: money(row.cost),
  }));
  return { ...range, total: items.reduce(add, nothing), items };
}

const nothing: UsageTotal = {
  calls: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  durationMs: 0,
  cost: money(0),
  unpriced: 0,
};

function add(left: UsageTotal, right: UsageTotal): UsageTotal {
  return {
    calls: left.calls + right.calls,
    failed: left.failed + right.failed,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    durationMs: left.durationMs + right.durationMs,
    cost: addMoney(left.cost, right.cost),
    unpriced: left.unpriced + right.unpriced,
  };
}

/** What a run has cost so far; null where the price of one of its calls is not known. */
export async function runCost(database: Database, workspaceId: string, runId: string): Promise<Money | null> {
  const query = compileOnly
    .selectFrom("usage_events")
    .select([
      sql<string>`coalesce(sum(cost_amount), 0)::text`.as("cost"),
      sql<boolean>`coalesce(bool_or(cost_amount is null), false)`.as("unknown"),
    ])
    .where("workspace_id", "=", workspaceId)
    .where("run_id", "=", runId)
    .compile();
  const [row] = await database.read(workspaceId, query);
  return row && !row.unknown ? money(row.cost) : null;
}

/** Tokens of model calls since a moment, of all workspaces: for the metric. `db` sees all of them. */
export async function sumModelTokens(db: Kysely<Schema>, since: Date) {
  return db
    .selectFrom("usage_events")
    .select((query) => [
      "provider",
      "model",
      query.fn.sum<string>("input_tokens").as("input"),
      query.fn.sum<string>("output_tokens").as("output"),
    ])
    .where("created_at", ">", since)
    .groupBy(["provider", "model"])
    .execute();
}
