import { statfs } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, durationInWords, systemClock } from "#kit";
import type { Database } from "#platform/db";
import { addGauge, type Metrics } from "#platform/metrics";
import type { Logger } from "#platform/telemetry";
import { type QueueFacts, queueFacts } from "./queue-facts.read.ts";

/** `message` says in plain words how a subsystem is and, when not ok, what to do. */
type Check = { ok: boolean; message: string };

type Readiness = { ready: boolean; checks: Record<string, Check> };

/** `advises`: people have to know of it, and this server can go on answering them. */
type NamedCheck = Check & { name: string; advises?: boolean };

export type Health = {
  /** Whether to send traffic here, and why not, by subsystem. */
  ready: () => Promise<Readiness>;
  /** All metrics in the Prometheus text format, and its content type. */
  metrics: () => Promise<{ contentType: string; text: string }>;
};

type HealthOptions = {
  database: Database;
  /** The folder whose disk must have room. */
  dataDir: string;
  metrics: Metrics;
  log: Logger;
  clock?: Clock;
};

const answerWithinMs = 2000;
const beatWithinSeconds = 20;
const dueWithinSeconds = 120;
/** Times are compared across machines everywhere: due posts, leases, tokens. Time services keep to milliseconds. */
const clocksApartMs = 5000;
const leastFreeBytes = 200 * 1024 * 1024;

async function inTime<T>(work: Promise<T>): Promise<T> {
  const timeout = new AbortController();
  const late = pause(answerWithinMs, undefined, { signal: timeout.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${answerWithinMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    timeout.abort();
  }
}

function databaseCheck({ fsync }: QueueFacts): NamedCheck {
  const message = fsync
    ? "answers"
    : "runs with fsync off: a power cut could make Galley publish twice; set fsync = on";
  return { name: "database", ok: fsync, message };
}

function workerCheck({ beat_age: age }: QueueFacts): NamedCheck {
  if (age === null)
    return { name: "worker", ok: false, message: "no worker runs: start one with `worker` or `serve`" };
  const ok = age <= beatWithinSeconds;
  const since = `last seen ${Math.max(0, Math.round(age))} s ago`;
  return {
    name: "worker",
    ok,
    message: ok ? since : `${since}: nothing is published; look at the worker's log`,
  };
}

function queueCheck({ due, due_age: age }: QueueFacts): NamedCheck {
  if (age === null) return { name: "queue", ok: true, message: "nothing is due" };
  const ok = age <= dueWithinSeconds;
  const state = `${due} due, the oldest for ${Math.max(0, Math.round(age))} s`;
  return {
    name: "queue",
    ok,
    message: ok
      ? state
      : `${state}: the workers do not keep up; raise JOB_CONCURRENCY or start another worker`,
  };
}

/** Not a failure of this server: people need it to look and to release. */
function quarantineCheck({ quarantined }: QueueFacts): NamedCheck {
  const message = quarantined
    ? "the database may have lost a part of its history: nothing is sent until an admin of the installation releases it (galley quarantine)"
    : "none";
  return { name: "quarantine", ok: true, message };
}

/** Not a failure of this server either: what failed is tried again, and somebody has to look why. */
function eventsCheck({ events_failing: failing }: QueueFacts): NamedCheck {
  const ok = failing === 0;
  const message = ok
    ? "what happened reaches everybody"
    : `${failing} could not be handled, however often: look for "event" in the worker's log`;
  return { name: "events", ok, advises: true, message };
}

/** The database's clock against ours, which was `asked` before its answer came and `told` after. */
function clockCheck({ at }: QueueFacts, asked: number, told: number): NamedCheck {
  const ahead = Math.max(at - told, 0) - Math.max(asked - at, 0);
  const apart = Math.abs(ahead);
  const ok = apart <= clocksApartMs;
  const message = ok
    ? "Galley and the database agree on the time"
    : `the database's clock is ${durationInWords(apart)} ${ahead > 0 ? "ahead of" : "behind"} Galley's: posts go out at the wrong time; set both by a time service (NTP)`;
  return { name: "clock", ok, advises: true, message };
}

async function diskCheck(dataDir: string): Promise<NamedCheck> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const ok = free >= leastFreeBytes;
  const megabytes = `${Math.floor(free / 1024 / 1024)} MB free for data`;
  return {
    name: "disk",
    ok,
    message: ok ? megabytes : `${megabytes}: make room, or uploads and posts will fail`,
  };
}

/** Health for probes and metrics for Prometheus; the edge gives them addresses. */
export function createHealth({
  database,
  dataDir,
  metrics,
  log,
  clock = systemClock,
}: HealthOptions): Health {
  async function check(name: string, work: () => Promise<NamedCheck[]>): Promise<NamedCheck[]> {
    try {
      return await inTime(work());
    } catch (error) {
      log.warn({ err: error, check: name }, "a health check failed");
      return [{ name, ok: false, message: "does not answer; see the log" }];
    }
  }

  async function ready(): Promise<Readiness> {
    const checks = await Promise.all([
      check("database", async () => {
        const asked = clock.now().getTime();
        const facts = await queueFacts(database);
        const clocks = clockCheck(facts, asked, clock.now().getTime());
        const work = [workerCheck(facts), queueCheck(facts), eventsCheck(facts)];
        return [databaseCheck(facts), ...work, quarantineCheck(facts), clocks];
      }),
      check("disk", async () => [await diskCheck(dataDir)]),
    ]);
    const all = checks.flat();
    const named = all.map(({ name, ok, message }) => [name, { ok, message }] as const);
    return {
      ready: all.every(({ ok, advises }) => ok || advises === true),
      checks: Object.fromEntries(named),
    };
  }

  addGauge(
    metrics,
    { name: "galley_database_connections", help: "Connections of the pools", labels: ["pool", "state"] },
    async () =>
      Object.entries(database.poolState()).flatMap(([pool, state]) =>
        Object.entries(state).map(([name, value]) => ({ value, labels: { pool, state: name } })),
      ),
  );
  addGauge(metrics, { name: "galley_jobs", help: "Jobs in the queue", labels: ["state"] }, async () => {
    const facts = await inTime(queueFacts(database)).catch(() => null);
    if (!facts) return [];
    return [
      { value: facts.due, labels: { state: "due" } },
      { value: facts.waiting, labels: { state: "waiting" } },
      { value: facts.given_up, labels: { state: "given_up" } },
      { value: facts.due_age ?? 0, labels: { state: "oldest_due_seconds" } },
      { value: facts.workers, labels: { state: "workers" } },
    ];
  });

  addGauge(
    metrics,
    { name: "galley_events", help: "Events that wait to be handled", labels: ["state"] },
    async () => {
      const facts = await inTime(queueFacts(database)).catch(() => null);
      if (!facts) return [];
      return [
        { value: facts.events_open, labels: { state: "open_workspaces" } },
        { value: facts.events_failing, labels: { state: "failing" } },
      ];
    },
  );

  return {
    ready,
    metrics: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
  };
}
