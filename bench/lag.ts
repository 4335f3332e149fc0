import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { newId } from "#kit";
import { send } from "../test/acceptance/client.ts";
import { type Harness, openHarness } from "../test/chaos/harness.ts";
import { type Platforms, startPlatforms } from "../test/chaos/platforms.ts";
import { type GalleyProcess, startGalleyProcess } from "../test/support/galley.ts";

/**
 * Lateness with real worker processes and a platform over loopback: posts due within one minute while others wait for
 * tomorrow, the first post after a restart, and one worker against four.
 *
 *   node bench/lag.ts [--parts lag,restart,scaling] [--due 10000] [--waiting 100000] [--latency 200] [--slots 4]
 *     [--posts 500]
 *
 * The comparison is to show whether workers hinder each other, not how many cores this machine has. With the default of
 * 128 deliveries at a time, four workers and the PostgreSQL and platform beside them use all of two cores, and their
 * rate is that of the cores. So the bar is for workers with few deliveries at a time (`--slots`, DELIVERY_CONCURRENCY):
 * one of them waits for the platform's `--latency`, and four have processor to spare. Both settings are printed, with
 * their rates and how busy all cores were.
 */
const { values } = parseArgs({
  options: {
    parts: { type: "string", default: "lag,restart,scaling" },
    due: { type: "string", default: "10000" },
    waiting: { type: "string", default: "100000" },
    latency: { type: "string", default: "200" },
    slots: { type: "string", default: "4" },
    posts: { type: "string", default: "500" },
  },
});
const due = Number(values.due);
const waiting = Number(values.waiting);
const latencyMs = Number(values.latency);
const slots = Number(values.slots);
/** What one worker gets to do in the comparison; four get four times as much. */
const share = Number(values.posts);
/** As `src/platform/config` has it. */
const defaultSlots = 128;

type Bench = { harness: Harness; platforms: Platforms; workers: GalleyProcess[]; template: string };

/** One approved post to every channel, of which all others are copies; it goes out with the first worker. */
async function publishTemplate({ author, approver, connected, desk }: Harness): Promise<string> {
  const postId = await desk.create(author, {
    title: `Template ${newId()}`,
    variants: connected.map(({ id }) => ({
      channelId: id,
      content: { parts: ["On time."], link: null, media: [], firstComment: null, options: {} },
    })),
  });
  await desk.submit(author, postId);
  const { boundHash } = await desk.read(approver, postId);
  await desk.approve(approver, postId, { boundHash, note: "" });
  await desk.publish(author, postId);
  return postId;
}

/**
 * Orders copies of the template, spread over whole seconds from `from` on: each a post, an approval and a delivery of
 * its own, with the wake-up that the desk's order would have made.
 */
async function order(
  { harness, template }: Bench,
  count: number,
  from: Date,
  seconds: number,
): Promise<void> {
  const client = await harness.admin.connect();
  try {
    await client.query("begin");
    await client.query(
      `create temp table copies on commit drop as
       select d.*, gen_random_uuid() as new_post, gen_random_uuid() as new_approval, gen_random_uuid() as new_id,
         $2::timestamptz + (n % $4) * interval '1 second' as at
       from generate_series(0, $3 - 1) n
       join (select *, row_number() over (order by id) - 1 as place, count(*) over () as among
         from deliveries where post_id = $1) d on d.place = n % d.among`,
      [template, from, count, seconds],
    );
    await client.query(`
      insert into posts (workspace_id, id, title, status, content_hash)
      select workspace_id, new_post, 'Copy', 'publishing', content_hash from copies`);
    await client.query(`
      insert into approvals (workspace_id, id, post_id, version, bound_hash, decision, decided_by)
      select workspace_id, new_approval, new_post, 1, approval_hash, 'approved', approved_by from copies`);
    await client.query(`
      insert into deliveries (workspace_id, id, post_id, channel_id, connector, content, content_hash, approval_id,
        approved_by, approval_binding, approval_hash, due_at, wake_at, grace_seconds, late_after)
      select workspace_id, new_id, new_post, channel_id, connector, content, content_hash, new_approval,
        approved_by, approval_binding, approval_hash, at, at, grace_seconds, at + interval '2 hours' from copies`);
    await client.query(`
      select enqueue_jobs(jsonb_agg(jsonb_build_object('task', 'delivery.publish', 'payload', '{}'::jsonb,
        'runAt', at, 'key', 'delivery.publish ' || at))) from (select distinct at from copies) instants`);
    await client.query("commit");
  } finally {
    client.release();
  }
}

async function start(bench: Bench, count: number, settings: Record<string, string> = {}): Promise<void> {
  const { harness, platforms } = bench;
  const environment = {
    ...platforms.environment,
    GALLEY_MODE: "test",
    GALLEY_KEY: harness.key,
    DATABASE_URL: harness.databaseUrl,
    LOG_LEVEL: "error",
    ...settings,
  };
  const options = { dataDir: harness.dataDir, command: "worker", environment };
  const started = await Promise.all(Array.from({ length: count }, () => startGalleyProcess(options)));
  bench.workers.push(...started);
}

async function stop(bench: Bench, signal: NodeJS.Signals): Promise<void> {
  await Promise.all(bench.workers.splice(0).map((worker) => worker.end(signal)));
}

async function untilPublished({ harness }: Bench, from: Date, count: number): Promise<void> {
  for (;;) {
    const { rows } = await harness.admin.query<{ done: number }>(
      "select count(*) as done from deliveries where state = 'confirmed' and due_at >= $1",
      [from],
    );
    if ((rows[0]?.done ?? 0) >= count) return;
    // Seldom: it reads the whole table.
    await pause(1_000);
  }
}

type Lag = { p50: number; p99: number; max: number };

/** Seconds from the due time to the intent, which the first byte follows. */
async function lag(bench: Bench): Promise<Lag> {
  await order(bench, waiting, new Date(Date.now() + 86_400_000), 3_600);
  await start(bench, 2);
  const from = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 5_000);
  await order(bench, due, from, 60);
  await untilPublished(bench, from, due);
  const { rows } = await bench.harness.admin.query<Lag>(
    `select percentile_cont(0.5) within group (order by late) as p50,
       percentile_cont(0.99) within group (order by late) as p99, max(late) as max
     from (select extract(epoch from a.intent_at - d.due_at)::float8 as late
       from deliveries d join delivery_attempts a on a.delivery_id = d.id and a.number = 1
       where d.due_at >= $1 and d.state = 'confirmed') l`,
    [from],
  );
  await stop(bench, "SIGTERM");
  return rows[0] ?? { p50: NaN, p99: NaN, max: NaN };
}

type Restart = { first: number; firstOfTheirs: number };

/**
 * Seconds from the start of a process to the first intent that it wrote, after the one before it was killed: of any
 * post, and of those that the killed one had claimed and not sent.
 */
async function restart(bench: Bench): Promise<Restart> {
  const { admin } = bench.harness;
  await start(bench, 1);
  const from = new Date();
  await order(bench, due / 5, from, 1);
  const claimed = "select id from deliveries where state = 'claimed' and due_at >= $1";
  let theirs: string[] = [];
  do {
    await pause(500);
    await stop(bench, "SIGKILL");
    const { rows } = await admin.query<{ id: string }>(claimed, [from]);
    theirs = rows.map(({ id }) => id);
    // Killed with nothing in hand: another one.
    if (theirs.length === 0) await start(bench, 1);
  } while (theirs.length === 0);
  const born = new Date();
  await start(bench, 1);
  for (;;) {
    const { rows } = await admin.query<{ first: number | null; firstOfTheirs: number | null }>(
      `select extract(epoch from min(intent_at) - $1)::float8 as first,
         extract(epoch from min(intent_at) filter (where delivery_id = any($2)) - $1)::float8 as "firstOfTheirs"
       from delivery_attempts where intent_at > $1`,
      [born, theirs],
    );
    const { first = null, firstOfTheirs = null } = rows[0] ?? {};
    if (first !== null && firstOfTheirs !== null) {
      // Nothing of this is left to be read back beside what is measured next.
      await untilPublished(bench, from, due / 5);
      await stop(bench, "SIGTERM");
      return { first, firstOfTheirs };
    }
    await pause(50);
  }
}

type Rate = { perSecond: number; busy: number };

/** Posts a second of `count` workers with so many deliveries at a time each, and the share of all cores in use. */
async function rate(bench: Bench, count: number, concurrency: number): Promise<Rate> {
  await bench.harness.admin.query(
    "update deliveries set wake_at = wake_at + interval '1 day' where state = 'scheduled' and wake_at < now()",
  );
  // The built-in PostgreSQL takes 60 connections, which is enough for four workers of this size.
  const few = { DATABASE_POOL_SIZE: "3", JOB_CONCURRENCY: "3" };
  await start(bench, count, { ...few, DELIVERY_CONCURRENCY: String(concurrency) });
  const from = new Date();
  await order(bench, share * count, from, 1);
  const ordered = new Date();
  const before = cpuTimes();
  await untilPublished(bench, from, share * count);
  const after = cpuTimes();
  const { rows } = await bench.harness.admin.query<{ seconds: number }>(
    `select extract(epoch from max(finished_at) - $2::timestamptz)::float8 as seconds
     from deliveries where due_at >= $1 and state = 'confirmed'`,
    [from, ordered],
  );
  await stop(bench, "SIGTERM");
  return {
    perSecond: (share * count) / (rows[0]?.seconds ?? NaN),
    busy: 1 - (after.idle - before.idle) / (after.all - before.all),
  };
}

/** Milliseconds of all cores since they started. */
function cpuTimes(): { idle: number; all: number } {
  const sum = { idle: 0, all: 0 };
  for (const { times } of cpus()) {
    sum.idle += times.idle;
    for (const spent of Object.values(times)) sum.all += spent;
  }
  return sum;
}

async function withLatency({ platforms }: Bench, delayMs: number): Promise<void> {
  const slow = { kind: "slow", on: "create", chance: 1, remaining: null, delayMs };
  for (const origin of platforms.origins.slice(0, 1)) {
    await send(origin, {
      method: "PUT",
      path: "/control/faults",
      body: { faults: delayMs > 0 ? [slow] : [] },
    });
  }
}

type Line = { what: string; value: number; target?: number; kept?: boolean };

async function lagLines(bench: Bench): Promise<Line[]> {
  const { p50, p99, max } = await lag(bench);
  return [
    { what: `lag p50, ${due} due in a minute, ${waiting} waiting (s)`, value: p50 },
    { what: "lag p99 (s)", value: p99, target: 2, kept: p99 <= 2 },
    { what: "lag max (s)", value: max, target: 10, kept: max <= 10 },
  ];
}

async function restartLines(bench: Bench): Promise<Line[]> {
  const { first, firstOfTheirs } = await restart(bench);
  const theirs = "kill to first post that the killed process had claimed (s)";
  return [
    { what: "kill to first post of the next process (s)", value: first, target: 5, kept: first <= 5 },
    { what: theirs, value: firstOfTheirs, target: 5, kept: firstOfTheirs <= 5 },
  ];
}

async function scalingLines(bench: Bench): Promise<Line[]> {
  await withLatency(bench, latencyMs);
  const lines: Line[] = [];
  for (const concurrency of [slots, defaultSlots]) {
    const one = await rate(bench, 1, concurrency);
    const four = await rate(bench, 4, concurrency);
    const setting = `${concurrency} deliveries at a time each, ${latencyMs} ms platform`;
    const times = four.perSecond / one.perSecond;
    const told = ({ busy }: Rate) => `cores ${Math.round(busy * 100)} % busy`;
    lines.push(
      { what: `one worker, ${setting} (posts/s; ${told(one)})`, value: one.perSecond },
      { what: `four workers, ${setting} (posts/s; ${told(four)})`, value: four.perSecond },
      {
        what: `four workers / one, ${concurrency} at a time`,
        value: times,
        ...(concurrency === slots ? { target: 3, kept: times >= 3 } : {}),
      },
    );
  }
  return lines;
}

const parts = { lag: lagLines, restart: restartLines, scaling: scalingLines };
const directory = await mkdtemp(join(tmpdir(), "galley-lag-"));
const bounds = { deadlineMs: 5_000, windowMs: 16_000, latestMs: 0 };
const platforms = await startPlatforms(directory, bounds, ["sandbox"]);
const harness = await openHarness(directory, platforms);
const bench: Bench = { harness, platforms, workers: [], template: await publishTemplate(harness) };
try {
  // What every measured worker finds: the template is out, and the compiled files are kept.
  await start(bench, 1);
  await untilPublished(bench, new Date(0), harness.connected.length);
  await stop(bench, "SIGTERM");
  process.stdout.write(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} before it began\n`);
  const lines: Line[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (values.parts.split(",").includes(name)) lines.push(...(await measure(bench)));
  }
  console.table(
    lines.map(({ what, value, target, kept }) => ({
      what,
      value: Number(value.toFixed(2)),
      target: target ?? "",
      kept: kept === undefined ? "" : kept ? "kept" : "MISSED",
    })),
  );
  process.exitCode = lines.every(({ kept }) => kept !== false) ? 0 : 1;
} finally {
  await stop(bench, "SIGKILL");
  await harness.close();
  await platforms.close();
  await rm(directory, { recursive: true, force: true });
}
