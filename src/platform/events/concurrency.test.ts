import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Database, openDatabase, type Schema } from "#platform/db";
import { append, createEvents, event, type StoredEvent, subscriber } from "#platform/events";
import { createJobs } from "#platform/jobs";
import { createLogger } from "#platform/telemetry";
import { buildWorkspace } from "../../../test/support/builders.ts";
import { asOwner, testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { dueSubscribers } from "./events.store.ts";

// Many write at once, several hand out at once, and some of both fail. Each chain is a row that its writers lock: what
// they append one after the other is cause and effect.

const linkAdded = event("link.added", { target: null, data: z.object({ chain: z.number(), n: z.number() }) });
const log = createLogger({ logLevel: "silent" });
const never = new AbortController().signal;
const writers = 8;
const each = 25;
const chains = 3;
let setup: TestDatabase;

beforeAll(async () => {
  setup = await testDatabase();
  for (const statement of [
    "create table chains (workspace_id uuid, chain int, n int, primary key (workspace_id, chain))",
    `create table effects (
      serial bigint generated always as identity, subscriber text, workspace_id uuid, sequence bigint)`,
    "grant all on chains, effects to galley_app, galley_system",
  ]) {
    await asOwner(setup.url, statement);
  }
});
afterAll(() => setup.close());

async function write(workspaceIds: readonly string[]): Promise<void> {
  for (let count = 0; count < each; count += 1) {
    const workspaceId = workspaceIds[Math.floor(Math.random() * workspaceIds.length)] ?? "";
    const chain = Math.floor(Math.random() * chains);
    const work = setup.database.inWorkspace(workspaceId, async (tx) => {
      const { rows } = await sql<{ n: number }>`
        update chains set n = n + 1 where workspace_id = ${workspaceId} and chain = ${chain} returning n`.execute(
        tx,
      );
      const data = { chain, n: rows[0]?.n ?? 0 };
      await append(tx, linkAdded, { actor: { kind: "system", workspaceId }, data });
      // Some commit long after what was appended later.
      if (Math.random() < 0.3) await pause(Math.random() * 30);
      if (Math.random() < 0.1) throw new Error("undone");
    });
    await work.catch((error: unknown) => {
      if (!(error instanceof Error && error.message === "undone")) throw error;
    });
  }
}

async function note(
  db: Kysely<Schema>,
  name: string,
  events: readonly Pick<StoredEvent, "workspaceId" | "sequence">[],
) {
  for (const { workspaceId, sequence } of events) {
    await sql`insert into effects (subscriber, workspace_id, sequence)
      values (${name}, ${workspaceId}, ${sequence})`.execute(db);
    if (Math.random() < 0.02) throw new Error("on purpose");
  }
}

/** As one worker of several. */
function dispatcherOn(database: Database) {
  const common = { to: [linkAdded], begins: "start" as const, batch: 7 };
  const subscribers = [
    subscriber({
      ...common,
      name: "ordered",
      order: "workspace",
      handle: (db, events) => note(db, "ordered", events),
    }),
    subscriber({
      ...common,
      name: "loose",
      order: "none",
      handle: (db, events) => note(db, "loose", events),
    }),
  ];
  return createEvents({ database, jobs: createJobs(), subscribers, log, keepMs: 86_400_000 });
}

async function letPauseEnd(): Promise<void> {
  for (const table of ["event_cursors", "event_failures"]) {
    await asOwner(setup.url, `update ${table} set next_at = now() where next_at > now()`);
  }
}

test("sequences have no holes and no doubles, cause comes before effect, and each effect stands once", async () => {
  const workspaceIds: string[] = [];
  for (let number = 0; number < 2; number += 1) workspaceIds.push((await buildWorkspace(setup.database)).id);
  for (const id of workspaceIds) {
    await asOwner(setup.url, `insert into chains select '${id}', g, 0 from generate_series(0, ${chains}) g`);
  }
  const databases = Array.from({ length: 3 }, () => openDatabase({ url: setup.url, poolSize: 4 }));
  const dispatchers = databases.map(dispatcherOn);
  let writing = true;
  async function handOut(events: ReturnType<typeof dispatcherOn>): Promise<void> {
    // oxlint-disable-next-line no-unmodified-loop-condition -- those who write set it
    while (writing) {
      await Promise.all(
        workspaceIds.map(async (workspaceId) =>
          events.tasks["events.dispatch"]?.({ workspaceId }, { signal: never }),
        ),
      );
      await letPauseEnd();
    }
  }
  /** Who only numbers is quicker, so that several do at the same moment. */
  async function number(database: Database): Promise<void> {
    // oxlint-disable-next-line no-unmodified-loop-condition -- those who write set it
    while (writing) {
      for (const id of workspaceIds) await dueSubscribers(database.system, id, []);
    }
  }
  const working = [...dispatchers.map(handOut), ...databases.map(number), ...databases.map(number)];
  await Promise.all(Array.from({ length: writers }, async () => write(workspaceIds)));
  writing = false;
  await Promise.all(working);
  for (let round = 0; round < 200; round += 1) {
    await letPauseEnd();
    await dispatchers[round % dispatchers.length]?.catchUp(never);
    const open = await asOwner(
      setup.url,
      `select from event_heads where settled_sequence < sequence
       union all select from event_failures union all select from events where sequence is null`,
    );
    if (open.length === 0) break;
  }
  await Promise.all(databases.map((database) => database.close()));

  const { database } = setup;
  const { rows: events } = await sql<{ workspaceId: string; sequence: number; chain: number; n: number }>`
    select workspace_id as "workspaceId", sequence, (data ->> 'chain')::int as chain, (data ->> 'n')::int as n
    from events where kind = 'link.added' order by workspace_id, sequence`.execute(database.system);
  expect(events.length).toBeGreaterThan((writers * each) / 2);
  for (const workspaceId of workspaceIds) {
    const own = events.filter((one) => one.workspaceId === workspaceId);
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
    for (let chain = 0; chain < chains; chain += 1) {
      const links = own.filter((one) => one.chain === chain).map(({ n }) => n);
      expect(links).toEqual(links.map((_, index) => index + 1));
    }
    for (const name of ["ordered", "loose"]) {
      const { rows } = await sql<{ sequence: number }>`
        select sequence from effects where subscriber = ${name} and workspace_id = ${workspaceId}
        order by serial`.execute(database.system);
      const handled = rows.map(({ sequence }) => sequence);
      const sorted = handled.toSorted((left, right) => left - right);
      expect(sorted).toEqual(own.map(({ sequence }) => sequence));
      if (name === "ordered") expect(handled).toEqual(sorted);
    }
  }
});
