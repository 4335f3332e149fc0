import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#kit";
import { installationStream } from "#platform/events";
import { type Await, instrument, phases } from "../chaos/failpoints/instrument.ts";
import { plantTree } from "../chaos/failpoints/tree.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";

// A worker is killed at every await of what hands out events and of the audit log, one life for each, while it handles
// what was appended before it started. The next one goes on.

const root = process.cwd();
const worker = "test/processes/events-worker.ts";
/** Before an await is after the one before it, as far as the database can tell. */
const moments = ["begun", "after"] as const;
const streams = 2;
const handledWithinMs = 30_000;

/** Awaits that no life here reaches, each with its reason. */
const elsewhere: Record<string, string> = {
  "stream.read.ts": "what the API reads for open pages",
  "append.store.ts": "the producer's side: it runs in the transaction of whoever appends",
  "dispatchWorkspace: jobs.enqueue": "a worker that is told to stop, not killed",
  "registerSubscriber: sql`update event_heads": "a subscriber that is new, before anything is handed to it",
  "registerSubscriber: sql`select pg_advisory": "the same",
};

let directory: string;
const awaits: Await[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-events-"));
  const sources: Record<string, string> = {};
  for (const file of globSync("src/platform/{events,audit}/*.ts", { cwd: root }).toSorted()) {
    if (file.endsWith(".test.ts")) continue;
    const made = instrument(file, readFileSync(join(root, file), "utf8"), awaits.length);
    awaits.push(...made.awaits);
    sources[file] = made.code;
  }
  await plantTree(root, join(directory, "tree"), { sources });
  mkdirSync(join(directory, "tree/test/processes"), { recursive: true });
  cpSync(join(root, worker), join(directory, "tree", worker));
});
afterAll(() => rm(directory, { recursive: true }));

type Stream = {
  number: number;
  server: TestDatabase;
  owner: Client;
  workspaces: string[];
  appended: number;
  moves: number;
};

async function openStream(number: number): Promise<Stream> {
  const server = await testDatabase();
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    create table effects (
      serial bigint generated always as identity, subscriber text, workspace_id uuid, sequence bigint);
    create table refusals (
      subscriber text, workspace_id uuid, sequence bigint, times integer,
      primary key (subscriber, workspace_id, sequence));
    grant all on effects, refusals to galley_app, galley_system`);
  return { number, server, owner, workspaces: [newId(), newId()], appended: 0, moves: 0 };
}

/** Four letters in one workspace, the second of them bad, one in another, and something of the installation. */
async function appendSome(stream: Stream): Promise<void> {
  const [first, second] = stream.workspaces;
  for (const [workspaceId, bad] of [
    [first, false],
    [first, true],
    [first, false],
    [first, false],
    [second, true],
  ]) {
    const letter = { workspaceId, kind: "letter.sent", audited: true, data: { bad } };
    await stream.owner.query("select append_events($1::jsonb)", [JSON.stringify([letter])]);
    stream.appended += 1;
  }
  const move = { workspaceId: installationStream, kind: "office.moved", audited: true };
  await stream.owner.query("select append_events($1::jsonb)", [JSON.stringify([move])]);
  stream.moves += 1;
}

/** Nobody waits for the pause after a failure. */
async function hurry({ owner }: Stream): Promise<void> {
  await owner.query(`
    update event_failures set next_at = now() where next_at > now();
    update event_cursors set next_at = now() where next_at > now();
    update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null`);
}

async function isHandled({ owner, appended, moves }: Stream): Promise<boolean> {
  const { rows } = await owner.query<{ effects: number; audited: number; settled: boolean }>(`
    select (select count(*)::int from effects) as effects,
      (select count(*)::int from audit_events) + (select count(*)::int from installation_events) as audited,
      not exists (select from event_heads where settled_sequence < sequence)
        and not exists (select from events where sequence is null) as settled`);
  const [row] = rows;
  return row?.effects === 2 * appended && row.audited === appended + moves && row.settled;
}

function start(stream: Stream, failpoint: number | null): ChildProcess {
  const plan = join(directory, `plan-${stream.number}.json`);
  const arm = { failpoints: [failpoint ?? -1], act: "SIGKILL", fromMs: 0, since: "birth" };
  writeFileSync(plan, JSON.stringify({ arms: failpoint === null ? [] : [arm], skewMs: 0 }));
  const hook = import.meta.resolve("../chaos/failpoints/register.ts");
  const options = ["--disable-warning=ExperimentalWarning", "--import", hook, worker];
  return spawn(process.execPath, [...options, stream.server.url], {
    cwd: join(directory, "tree"),
    env: {
      PATH: "/usr/bin:/bin",
      CHAOS_PLAN: plan,
      NODE_COMPILE_CACHE: join(directory, "compiled"),
    },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
}

/** One worker, from its start until it is killed at the failpoint or has nothing left; whether it was killed there. */
async function live(stream: Stream, failpoint: number | null): Promise<boolean> {
  const child = start(stream, failpoint);
  const gone = once(child, "exit");
  (child.stdio[3] as Readable).resume();
  const until = performance.now() + handledWithinMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
    await hurry(stream);
    if (await isHandled(stream)) break;
    await pause(20);
  }
  // A moment more, for awaits after the last effect.
  await Promise.race([gone, pause(300)]);
  const wasKilled = child.signalCode === "SIGKILL";
  child.kill("SIGKILL");
  await gone;
  return wasKilled;
}

function nameOf({ file, within, what }: Await): string {
  return `${file.split("/").at(-1)} ${within.split(".").at(-1)}: ${what.split("(")[0]}`;
}

test("a worker that is killed at any await leaves every event to be handled, and each effect stands once", async () => {
  const points = awaits.flatMap((place, number) =>
    moments.map((moment) => ({ place, point: number * phases.length + phases.indexOf(moment) })),
  );
  expect(awaits.length).toBeGreaterThan(40);
  const unreached = new Set(awaits.map(nameOf));
  const all = await Promise.all(Array.from({ length: streams }, (_, number) => openStream(number)));
  try {
    let kills = 0;
    const left = [...points];
    await Promise.all(
      all.map(async (stream) => {
        for (let next = left.shift(); next; next = left.shift()) {
          if (next.place.file.endsWith("append.store.ts")) continue;
          await appendSome(stream);
          if (!(await live(stream, next.point))) continue;
          kills += 1;
          unreached.delete(nameOf(next.place));
        }
        await appendSome(stream);
        await live(stream, null);
      }),
    );
    const isElsewhere = (name: string) => Object.keys(elsewhere).some((key) => name.includes(key));
    expect([...unreached].filter((name) => !isElsewhere(name))).toEqual([]);
    expect(kills).toBeGreaterThan(points.length / 2);
    for (const stream of all) await judge(stream);
  } finally {
    for (const { owner, server } of all) {
      await owner.end();
      await server.close();
    }
  }
}, 600_000);

/** Every subscriber has handled every event, each effect stands once, and where an order was asked for it was kept. */
async function judge({ owner, appended, moves, workspaces }: Stream): Promise<void> {
  const wrong = await owner.query(`
    select s.name, e.workspace_id, e.sequence, count(f.serial) as effects
    from events e cross join (values ('ordered'), ('loose')) as s (name)
    left join effects f on f.subscriber = s.name and f.workspace_id = e.workspace_id and f.sequence = e.sequence
    where e.kind = 'letter.sent'
    group by 1, 2, 3 having count(f.serial) <> 1`);
  expect(wrong.rows).toEqual([]);
  const disordered = await owner.query(`
    select from effects a join effects b on b.workspace_id = a.workspace_id and b.subscriber = a.subscriber
    where a.subscriber = 'ordered' and a.serial < b.serial and a.sequence > b.sequence`);
  expect(disordered.rowCount).toBe(0);
  const audit = await owner.query("select from events e join audit_events a on a.id = e.id");
  expect(audit.rowCount).toBe(appended);
  const moved = await owner.query("select from events e join installation_events a on a.id = e.id");
  expect(moved.rowCount).toBe(moves);
  const { rows } = await owner.query<{ sequences: number[] }>(
    "select array_agg(sequence::int order by sequence) as sequences from events group by workspace_id",
  );
  expect(rows).toHaveLength(workspaces.length + 1);
  for (const { sequences } of rows) expect(sequences).toEqual(sequences.map((_, index) => index + 1));
}
