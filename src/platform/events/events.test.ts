import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { auditSubscriber } from "#platform/audit";
import {
  append,
  createEvents,
  event,
  type Events,
  installationEvent,
  type StoredEvent,
  subscriber,
  type Subscriber,
} from "#platform/events";
import { createJobs } from "#platform/jobs";
import { createLogger } from "#platform/telemetry";
import { buildWorkspace } from "../../../test/support/builders.ts";
import { asOwner, testDatabase, type TestDatabase } from "../../../test/support/database.ts";

// Subscribers are handed what was appended, on a real database and without the queue: each test asks for a round.

const letterSent = event("letter.sent", { target: "letter", data: z.object({ number: z.number() }) });
const letterRead = event("letter.read", { target: null, audited: false });
const officeMoved = installationEvent("office.moved", { target: null, data: z.object({ to: z.string() }) });

const log = createLogger({ logLevel: "silent" });
const dayMs = 86_400_000;
const never = new AbortController().signal;
let setup: TestDatabase;
let workspaceId: string;

beforeAll(async () => {
  setup = await testDatabase();
});
afterAll(() => setup.close());
beforeEach(async () => {
  for (const table of ["events", "event_heads", "event_cursors", "event_failures", "event_subscribers"]) {
    await asOwner(setup.url, `delete from ${table}`);
  }
  workspaceId = (await buildWorkspace(setup.database)).id;
});

function eventsTo(subscribers: readonly Subscriber[], keepMs = dayMs): Events {
  return createEvents({ database: setup.database, jobs: createJobs(), subscribers, log, keepMs });
}

async function send(...numbers: number[]): Promise<void> {
  const actor = { kind: "system" as const, workspaceId };
  for (const number of numbers) {
    await setup.database.inWorkspace(workspaceId, (tx) =>
      append(tx, letterSent, { actor, targetId: "letter", data: { number } }),
    );
  }
}

type Reader = Subscriber & { seen: number[]; refuse: Set<number>; batches: number[] };

/** Remembers the numbers of letters, unless it is told to refuse them. */
function reader(options: Partial<Subscriber> = {}): Reader {
  const seen: number[] = [];
  const batches: number[] = [];
  const refuse = new Set<number>();
  const made = subscriber({
    name: "reader",
    to: [letterSent],
    order: "none",
    begins: "start",
    handle: async (_db, events) => {
      const bad = events.find(({ data }) => refuse.has(data.number));
      if (bad) throw new Error(`no letter ${bad.data.number}`);
      batches.push(events.length);
      seen.push(...events.map(({ data }) => data.number));
    },
  });
  return { ...made, ...options, seen, refuse, batches };
}

async function rows(table: string, workspace = workspaceId): Promise<Record<string, unknown>[]> {
  const { rows: found } = await sql<Record<string, unknown>>`
    select * from ${sql.table(table)} where workspace_id = ${workspace}`.execute(setup.database.system);
  return found;
}

/** As if the pause before the next try were over. */
async function letPauseEnd(): Promise<void> {
  for (const table of ["event_cursors", "event_failures"]) {
    await asOwner(setup.url, `update ${table} set next_at = now() where next_at is not null`);
  }
}

test("what is appended stands exactly when its transaction commits, and fits its schema", async () => {
  const actor = { kind: "system" as const, workspaceId };
  const undone = setup.database.inWorkspace(workspaceId, async (tx) => {
    await append(tx, letterSent, { actor, targetId: "a", data: { number: 1 } });
    throw new Error("changed my mind");
  });
  await expect(undone).rejects.toThrow("changed my mind");
  const wrong = { number: "one" } as unknown as { number: number };
  const misfit = append(setup.database.system, letterSent, { actor, targetId: "a", data: wrong });
  await expect(misfit).rejects.toThrow(/number/);
  expect(await rows("events")).toEqual([]);
  await send(2);
  expect(await rows("events")).toMatchObject([
    { kind: "letter.sent", sequence: null, target_kind: "letter", target_id: "letter", data: { number: 2 } },
  ]);
});

test("who serves a workspace appends to it alone, and nobody changes what happened", async () => {
  const other = await buildWorkspace(setup.database);
  const foreign = setup.database.inWorkspace(workspaceId, (tx) =>
    append(tx, letterRead, { actor: { kind: "system", workspaceId: other.id } }),
  );
  await expect(foreign).rejects.toThrow(/row-level security/);
  const installation = setup.database.inWorkspace(workspaceId, (tx) =>
    append(tx, officeMoved, { actor: { kind: "system" }, data: { to: "Lisbon" } }),
  );
  await expect(installation).rejects.toThrow(/row-level security/);
  await send(1);
  for (const change of [sql`update events set kind = 'x'`, sql`delete from events`]) {
    const work = setup.database.inWorkspace(workspaceId, (tx) => change.execute(tx));
    await expect(work).rejects.toThrow(/permission denied/);
  }
  const rewrite = sql`update events set data = '{}'`.execute(setup.database.system);
  await expect(rewrite).rejects.toThrow(/permission denied/);
});

test("the audit log has each audited event with its id and its moment, of a workspace or of the installation", async () => {
  const actor = { kind: "system" as const, workspaceId };
  await send(1);
  await append(setup.database.system, letterRead, { actor });
  await append(setup.database.system, officeMoved, { actor: { kind: "machine" }, data: { to: "Lisbon" } });
  await eventsTo([auditSubscriber]).catchUp(never);
  const [sent] = await rows("events");
  expect(await rows("audit_events")).toMatchObject([
    { id: sent?.["id"], created_at: sent?.["at"], action: "letter.sent", details: { number: 1 } },
  ]);
  const installation = await setup.database.system.selectFrom("installation_events").selectAll().execute();
  expect(installation).toMatchObject([
    { action: "office.moved", actor_kind: "machine", details: { to: "Lisbon" } },
  ]);
  // At the microsecond.
  const apart = await asOwner(
    setup.url,
    "select from events e join audit_events a on a.id = e.id and a.created_at <> e.at",
  );
  expect(apart).toEqual([]);
});

test("events come in batches, once, and kinds that nobody named move the cursor along", async () => {
  const letters = reader({ batch: 2 });
  const events = eventsTo([letters]);
  await send(1, 2, 3, 4, 5);
  await events.catchUp(never);
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 2, 3, 4, 5]);
  expect(letters.batches).toEqual([2, 2, 1]);
  const actor = { kind: "system" as const, workspaceId };
  for (let number = 0; number < 250; number += 1) await append(setup.database.system, letterRead, { actor });
  await events.catchUp(never);
  expect(await rows("event_cursors")).toMatchObject([{ handled_sequence: 255 }]);
  expect(await rows("event_heads")).toMatchObject([{ sequence: 255, settled_sequence: 255 }]);
});

test("in a workspace's order, an event that fails keeps those behind it waiting, and not those before it", async () => {
  const letters = reader({ order: "workspace" });
  const events = eventsTo([letters, auditSubscriber]);
  letters.refuse.add(3);
  await send(1, 2, 3, 4);
  await events.catchUp(never);
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 2]);
  expect(await rows("audit_events")).toHaveLength(4);
  expect(await rows("event_cursors")).toContainEqual(
    expect.objectContaining({ subscriber: "reader", handled_sequence: 2, tries: 1, error: "no letter 3" }),
  );
  await letPauseEnd();
  await events.catchUp(never);
  expect(await rows("event_cursors")).toContainEqual(
    expect.objectContaining({ subscriber: "reader", handled_sequence: 2, tries: 2 }),
  );
  letters.refuse.clear();
  await letPauseEnd();
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 2, 3, 4]);
  expect(await rows("event_cursors")).toContainEqual(
    expect.objectContaining({ subscriber: "reader", handled_sequence: 4, tries: 0, error: null }),
  );
});

test("without an order, an event that fails is put aside and comes again by itself", async () => {
  const letters = reader();
  const events = eventsTo([letters]);
  letters.refuse.add(2).add(3);
  await send(1, 2, 3, 4);
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 4]);
  letters.refuse.delete(3);
  await letPauseEnd();
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 4, 3]);
  expect(await rows("event_failures")).toMatchObject([{ sequence: 2, tries: 2, error: "no letter 2" }]);
  letters.refuse.clear();
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 4, 3]);
  await letPauseEnd();
  await events.catchUp(never);
  expect(letters.seen).toEqual([1, 4, 3, 2]);
  expect(await rows("event_failures")).toEqual([]);
});

/** Until what was put aside comes again, in milliseconds. */
async function pauseLeft(): Promise<number> {
  const [failure] = await rows("event_failures");
  const nextAt = failure?.["next_at"];
  if (!(nextAt instanceof Date)) throw new TypeError("nothing was put aside");
  return nextAt.getTime() - Date.now();
}

test("the next try is announced, each later than the one before", async () => {
  const letters = reader();
  letters.refuse.add(1);
  await send(1);
  const events = eventsTo([letters]);
  await events.catchUp(never);
  const first = await pauseLeft();
  await letPauseEnd();
  await events.catchUp(never);
  const second = await pauseLeft();
  expect(first).toBeLessThan(1_100);
  expect(second).toBeGreaterThan(1_500);
  const waiting = await asOwner(
    setup.url,
    `select from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'events.dispatch' and j.payload ->> 'workspaceId' = $1 and j.run_at > now()`,
    [workspaceId],
  );
  expect(waiting.length).toBeGreaterThan(0);
});

test("an event whose data do not fit the schema of its reader is put aside, too", async () => {
  const letters = reader();
  await send(1, 2);
  await asOwner(setup.url, `update events set data = '{"number": "one"}' where data ->> 'number' = '1'`);
  await eventsTo([letters]).catchUp(never);
  expect(letters.seen).toEqual([2]);
  expect(await rows("event_failures")).toMatchObject([{ sequence: 1 }]);
});

test("a subscriber that is new begins with what is kept, or with what happens from now on", async () => {
  await send(1, 2);
  await eventsTo([auditSubscriber]).catchUp(never);
  const [fromStart, fromNow] = [reader({ name: "start" }), reader({ name: "end", begins: "end" })];
  const events = eventsTo([fromStart, fromNow]);
  await events.catchUp(never);
  expect([fromStart.seen, fromNow.seen]).toEqual([[1, 2], []]);
  await send(3);
  await events.catchUp(never);
  expect([fromStart.seen, fromNow.seen]).toEqual([[1, 2, 3], [3]]);
  // Also in a workspace where nothing happened until now.
  workspaceId = (await buildWorkspace(setup.database)).id;
  await send(4);
  await events.catchUp(never);
  expect([fromStart.seen, fromNow.seen]).toEqual([
    [1, 2, 3, 4],
    [3, 4],
  ]);
});

test("a worker of an older version leaves a subscriber to the one that knows more kinds", async () => {
  const older = reader();
  const newer = reader({ kinds: ["letter.read", "letter.sent"] });
  const [old, young] = [eventsTo([older]), eventsTo([newer])];
  await old.catchUp(never);
  await young.catchUp(never);
  await send(1);
  await old.catchUp(never);
  expect([older.seen, newer.seen]).toEqual([[], []]);
  await young.catchUp(never);
  expect([older.seen, newer.seen]).toEqual([[], [1]]);
  // None has said for long that it runs it.
  await asOwner(setup.url, "update event_subscribers set seen_at = now() - interval '6 minutes'");
  await send(2);
  for (const { name, run } of old.sweeps) if (name === "events.catch_up") await run(never);
  expect(older.seen).toEqual([2]);
});

test("events are kept as long as somebody has not handled them, and forgotten when they are old", async () => {
  const letters = reader();
  letters.refuse.add(2);
  const events = eventsTo([letters, auditSubscriber]);
  await send(1, 2, 3);
  await events.catchUp(never);
  await send(4);
  await asOwner(setup.url, "update events set at = now() - interval '2 days'");
  const forget = events.sweeps.find(({ name }) => name === "events.old");
  await forget?.run(never);
  const kept = async () => (await rows("events")).map(({ data }) => (data as { number: number }).number);
  expect(new Set(await kept())).toEqual(new Set([2, 4]));
  letters.refuse.clear();
  await letPauseEnd();
  await events.catchUp(never);
  await send(5);
  await events.catchUp(never);
  await forget?.run(never);
  expect(await kept()).toEqual([5]);
  expect(letters.seen).toEqual([1, 3, 2, 4, 5]);
  expect(await rows("audit_events")).toHaveLength(5);
});

test("a subscriber that no worker runs any more holds nothing up for ever", async () => {
  const [gone, here] = [reader({ name: "gone" }), reader({ name: "here" })];
  await eventsTo([gone, here]).catchUp(never);
  await send(1);
  const events = eventsTo([here]);
  await events.catchUp(never);
  await asOwner(setup.url, "update events set at = now() - interval '2 days'");
  const forget = events.sweeps.find(({ name }) => name === "events.old");
  await forget?.run(never);
  expect(await rows("events")).toHaveLength(1);
  await asOwner(
    setup.url,
    "update event_subscribers set seen_at = now() - interval '2 days' where name = 'gone'",
  );
  await forget?.run(never);
  await events.catchUp(never);
  await forget?.run(never);
  expect(await rows("events")).toEqual([]);
  expect((await rows("event_cursors")).map(({ subscriber: name }) => name)).toEqual(["here"]);
});

test("a stop leaves the rest to another worker, and wakes one", async () => {
  const stop = new AbortController();
  const seen: StoredEvent[] = [];
  const slow: Subscriber = {
    ...reader({ batch: 1 }),
    handle: async (_db, events) => {
      seen.push(...events);
      stop.abort();
    },
  };
  const events = eventsTo([slow]);
  await send(1, 2);
  const jobs = () =>
    asOwner(setup.url, "select from graphile_worker._private_jobs where payload ->> 'workspaceId' = $1", [
      workspaceId,
    ]);
  const before = (await jobs()).length;
  await events.tasks["events.dispatch"]?.({ workspaceId }, { signal: stop.signal });
  expect(seen).toHaveLength(1);
  expect((await jobs()).length).toBe(before + 1);
  await events.catchUp(never);
  expect(seen).toHaveLength(2);
});

test("two subscribers of one name are refused", () => {
  expect(() => eventsTo([reader(), reader()])).toThrow("one name");
});
