import type { Kysely } from "kysely";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import type { UsageEvent } from "./usage.ts";

/** Writes one event, in the caller's transaction where there is one, so that it stands and falls with the result. */
export async function recordUsage(db: Kysely<Schema>, event: UsageEvent): Promise<void> {
  await db
    .insertInto("usage_events")
    .values({
      workspace_id: event.workspaceId,
      id: newId(),
      user_id: event.userId,
      run_id: event.runId,
      operation: event.operation,
      provider: event.provider,
      model: event.model,
      input_tokens: event.inputTokens,
      output_tokens: event.outputTokens,
      cost_amount: event.cost?.amount ?? null,
      cost_currency: event.cost?.currency ?? null,
      duration_ms: Math.round(event.durationMs),
      outcome: event.outcome,
      error_code: event.errorCode,
    })
    .execute();
}
