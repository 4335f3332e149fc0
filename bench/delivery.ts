import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Connector } from "#connectors";
import { deliverySettled, frozenHash } from "#delivery";
import { type Actor, contentHash, newId } from "#kit";
import { loadConfig } from "#platform/config";
import { type Database, migrate, openDatabase, startEmbeddedPostgres } from "#platform/db";
import { createEvents, subscriber } from "#platform/events";
import { createJobs, migrateJobs, startWorker, type Sweep, type Task } from "#platform/jobs";
import { createFeatures } from "../src/app/features.ts";
import { testServices } from "../test/support/services.ts";
import { treeCpuSeconds } from "./process-tree.ts";

/**
 * Publishing throughput: due deliveries to a platform that answers at once, against jobs that do nothing,
 * on the same queue, worker settings and database, in one run. The settings are those of a Galley that
 * nobody configured. Beside the rates it prints the CPU time of each, of this process and of PostgreSQL:
 * where other programs run on the machine, that tells more than the rates.
 *
 *   node bench/delivery.ts [deliveries=10000] [rounds=3]
 */
const count = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);
const target = 0.3;
const { delivery: shipped, jobConcurrency } = loadConfig({}, tmpdir());
const log = pino({ level: "error" }, pino.destination(2));

/** A platform without latency: everything but the wire. */
const instant: Connector = {
  id: "instant",
  name: "Instant",
  summary: "Answers at once.",
  connect: {
    kind: "form",
    fields: [],
    refresh: null,
    open: async () => ({
      credentials: { token: "t" },
      scopes: [],
      expiresAt: null,
      endsAt: null,
      account: { accountId: "a", handle: "@a", displayName: "A", avatarUrl: null, profileUrl: null },
    }),
  },
  target: ({ accountId }) => ({ facts: { accountId }, words: accountId }),
  limits: {
    textLength: 500,
    textUnit: "characters",
    maxParts: 1,
    maxMedia: 0,
    maxMediaBytes: 0,
    mediaTypes: [],
    video: null,
    document: null,
    altTextLength: 0,
    firstComment: false,
  },
  options: [],
  settling: () => ({ deadlineMs: 5_000, windowMs: 10_000 }),
  measure: (text) => text.length,
  compose: (variant) => variant.parts,
  validate: () => [],
  price: () => null,
  quotas: () => [],
  apiVersion: null,
  externalIdOf: null,
  accountLimits: null,
  inspect: null,
  prepare: async (_context, { variant }) => ({ items: [{ kind: "post", payload: variant.parts[0] ?? "" }] }),
  commit: async (_context, _plan, item) => ({ externalId: item.key, url: null, data: {} }),
  locate: "unsupported",
  probe: async () => ({ accountId: "a", handle: "@a", displayName: "A", avatarUrl: null, profileUrl: null }),
};

type Bench = { url: string; database: Database; key: Buffer };

/** CPU is in microseconds for each. */
type Rate = { perSecond: number; ownCpu: number; databaseCpu: number };

/** PostgreSQL runs below this process. */
async function cpuSeconds(): Promise<{ own: number; database: number }> {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1e6;
  return { own, database: (await treeCpuSeconds(process.pid)) - own };
}

/** Runs a worker until the work is done. */
async function throughput(
  bench: Bench,
  work: { tasks: Record<string, Task>; sweeps: readonly Sweep[] },
  done: Promise<void>,
): Promise<Rate> {
  const before = await cpuSeconds();
  const started = performance.now();
  const worker = await startWorker({
    id: newId(),
    databaseUrl: bench.url,
    ...work,
    concurrency: jobConcurrency,
    log,
  });
  await done;
  const seconds = (performance.now() - started) / 1_000;
  const after = await cpuSeconds();
  await worker.stop();
  return {
    perSecond: count / seconds,
    ownCpu: ((after.own - before.own) / count) * 1e6,
    databaseCpu: ((after.database - before.database) / count) * 1e6,
  };
}

async function noOpJobs(bench: Bench): Promise<Rate> {
  const jobs = createJobs();
  const batch = Array.from({ length: count }, () => ({ task: "bench.nothing", payload: {} }));
  await jobs.enqueueMany(bench.database.system, batch);
  const done = Promise.withResolvers<void>();
  let left = count;
  const nothing: Task = async () => {
    left -= 1;
    if (left === 0) done.resolve();
  };
  return throughput(bench, { tasks: { "bench.nothing": nothing }, sweeps: [] }, done.promise);
}

function parts({ database, key }: Bench) {
  const connectors = new Map([[instant.id, instant]]);
  return createFeatures(testServices({ database, key, connectors, log, deliverySettings: shipped }));
}

async function buildPerson(database: Database): Promise<Actor> {
  const actor: Actor = {
    kind: "person",
    userId: newId(),
    name: "Ada",
    email: `${newId()}@example.test`,
    sessionId: newId(),
    workspaceId: newId(),
    role: "owner",
  };
  const db = database.system;
  await db
    .insertInto("users")
    .values({ id: actor.userId, name: actor.name, email: actor.email, email_verified: true })
    .execute();
  await db
    .insertInto("workspaces")
    .values({ id: actor.workspaceId, name: "Bench", time_zone: "UTC", grace_seconds: 7_200 })
    .execute();
  return actor;
}

/** Approves and orders `count` posts for one channel, all due now. */
async function orderAll(bench: Bench, { channels, deliveries }: ReturnType<typeof parts>): Promise<void> {
  const actor = await buildPerson(bench.database);
  const { workspaceId } = actor;
  const channel = await channels.connectForm(actor, instant.id, {});
  const dueAt = new Date();
  await bench.database.inWorkspace(workspaceId, async (transaction) => {
    for (let number = 0; number < count; number += 1) {
      const content = { parts: [`Post ${number}`], link: null, media: [], firstComment: null, options: {} };
      const hash = frozenHash({ variant: content, media: [] });
      const binding = { at: null, variants: [{ channelId: channel.id, hash }] };
      const approval = { id: newId(), decidedBy: actor.userId, binding };
      const postId = newId();
      await transaction
        .insertInto("posts")
        .values({ workspace_id: workspaceId, id: postId, title: "Bench", content_hash: hash })
        .execute();
      await transaction
        .insertInto("approvals")
        .values({
          workspace_id: workspaceId,
          id: approval.id,
          post_id: postId,
          version: 1,
          bound_hash: contentHash(binding),
          decision: "approved",
          decided_by: actor.userId,
        })
        .execute();
      await deliveries.request(transaction, {
        workspaceId,
        postId,
        approval,
        variants: [{ channelId: channel.id, content, media: [] }],
        dueAt,
        graceSeconds: 7_200,
      });
    }
  });
}

async function publishing(bench: Bench): Promise<Rate> {
  const built = parts(bench);
  await orderAll(bench, built);
  const done = Promise.withResolvers<void>();
  let left = count;
  const desk = subscriber({
    name: "bench.desk",
    to: [deliverySettled],
    order: "none",
    begins: "end",
    handle: async (_db, settled) => {
      for (const { data } of settled) left -= data.postIds.length;
      if (left === 0) done.resolve();
    },
  });
  const { database } = bench;
  const events = createEvents({ database, jobs: createJobs(), subscribers: [desk], log, keepMs: 86_400_000 });
  const tasks = { ...built.deliveries.tasks, ...events.tasks };
  const sweeps = [...events.sweeps, ...built.deliveries.sweeps];
  return throughput(bench, { tasks, sweeps }, done.promise);
}

function cellsOf({ perSecond, ownCpu, databaseCpu }: Rate): string[] {
  return [perSecond.toFixed(0), `${ownCpu.toFixed(0)}+${databaseCpu.toFixed(0)}`];
}

const directory = await mkdtemp(join(tmpdir(), "galley-bench-"));
const postgres = await startEmbeddedPostgres({ dataDir: directory });
try {
  await migrate(postgres.url);
  await migrateJobs(postgres.url);
  const database = openDatabase({ url: postgres.url });
  const bench = { url: postgres.url, database, key: randomBytes(32) };
  const ratios: number[] = [];
  console.log(
    `${count} each, ${jobConcurrency} jobs and ${shipped.concurrency} deliveries at a time, embedded PostgreSQL with fsync`,
  );
  console.log("CPU in microseconds for each, of Node + PostgreSQL");
  console.log("round  no-op jobs/s       CPU  deliveries/s       CPU  ratio");
  for (let round = 1; round <= rounds; round += 1) {
    const idle = await noOpJobs(bench);
    const busy = await publishing(bench);
    ratios.push(busy.perSecond / idle.perSecond);
    const cells = [String(round), ...cellsOf(idle), ...cellsOf(busy), (ratios.at(-1) ?? 0).toFixed(2)];
    console.log(cells.map((cell, index) => cell.padStart([5, 14, 10, 14, 10, 7][index] ?? 0)).join(""));
  }
  await database.close();
  const median = ratios.toSorted((left, right) => left - right)[Math.floor(ratios.length / 2)] ?? 0;
  const kept = median >= target;
  console.log(`median ratio ${median.toFixed(2)}, target ${target}: ${kept ? "kept" : "MISSED"}`);
  process.exitCode = kept ? 0 : 1;
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
