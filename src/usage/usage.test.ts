import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#kit";
import { buildMember, buildWorkspace } from "../../test/support/builders.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { testDatabase } from "../../test/support/database.ts";
import type { UsageEvent } from "./index.ts";
import { recordUsage, runCost, usageSummary } from "./index.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const range = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) };

async function buildEvent(fields: Partial<UsageEvent> = {}): Promise<UsageEvent> {
  const workspaceId = fields.workspaceId ?? (await buildWorkspace(db.database)).id;
  const event: UsageEvent = {
    workspaceId,
    userId: (await buildMember(db.database, workspaceId)).userId,
    runId: newId(),
    operation: "draft",
    provider: "openai",
    model: "gpt-5",
    inputTokens: 1000,
    outputTokens: 100,
    cost: { amount: "0.00225", currency: "USD" },
    durationMs: 812.4,
    outcome: "ok",
    errorCode: null,
    ...fields,
  };
  await db.database.inWorkspace(workspaceId, (transaction) => recordUsage(transaction, event));
  return event;
}

test("a call of unknown price is counted apart and never as free", async () => {
  const { workspaceId, runId } = await buildEvent();
  await buildEvent({ workspaceId, runId, cost: { amount: "0.0000001", currency: "USD" } });
  expect(await runCost(db.database, workspaceId, runId ?? "")).toEqual({
    amount: "0.0022501",
    currency: "USD",
  });
  await buildEvent({
    workspaceId,
    runId,
    model: "private",
    cost: null,
    inputTokens: null,
    outcome: "failed",
  });
  const summary = await usageSummary(db.database, workspaceId, range);
  expect(summary.total).toMatchObject({
    calls: 3,
    failed: 1,
    inputTokens: 2000,
    unpriced: 1,
    durationMs: 2436,
    cost: { amount: "0.0022501", currency: "USD" },
  });
  expect(summary.items.map((item) => [item.model, item.calls])).toEqual([
    ["gpt-5", 2],
    ["private", 1],
  ]);
  expect(await runCost(db.database, workspaceId, runId ?? "")).toBeNull();
});

test("another workspace's calls are not seen", async () => {
  await buildEvent();
  const other = await buildWorkspace(db.database);
  expect((await usageSummary(db.database, other.id, range)).total.calls).toBe(0);
});
