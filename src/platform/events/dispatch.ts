import type { Kysely } from "kysely";
import type { Database, Schema } from "#platform/db";
import type { Jobs } from "#platform/jobs";
import type { Logger } from "#platform/telemetry";
import { installationStream } from "./declare.ts";
import {
  type Batch,
  type Due,
  deleteFailure,
  dueSubscribers,
  holdCursor,
  lockFailure,
  moveCursor,
  postponeFailure,
  putAside,
  takeBatch,
  type Tried,
} from "./events.store.ts";
import type { StoredEvent, Subscriber } from "./subscriber.ts";

/** The task that `append_events` enqueues; its payload names the workspace. */
export const dispatchTask = "events.dispatch";

export type DispatchDeps = {
  database: Database;
  jobs: Jobs;
  subscribers: readonly Subscriber[];
  log: Pick<Logger, "warn" | "error">;
  /** Told where there is something new; what it throws is none of the subscribers' business. Default: nobody. */
  announce?: (workspaceIds: readonly string[]) => Promise<void>;
};

/** From so many tries on it is an error that somebody has to look at. */
export const manyTries = 10;

/**
 * Hands the events of a workspace to all subscribers, until none of them has anything left that this process can do.
 * Safe beside other workers: each subscriber's cursor is locked while it handles, and what a worker finds locked is
 * left to the one that has it, which looks again when it is done.
 */
export async function dispatchWorkspace(
  deps: DispatchDeps,
  workspaceId: string,
  signal: AbortSignal,
): Promise<void> {
  const { database, jobs, subscribers } = deps;
  const names = subscribers.map(({ name }) => name);
  const busy = new Set<string>();
  let isTold = false;
  for (;;) {
    const found = await dueSubscribers(database.system, workspaceId, names);
    const due = new Map(found.filter(({ name }) => !busy.has(name)).map((one) => [one.name, one]));
    if (due.size === 0) return;
    if (!isTold) await tellOpenPages(deps, workspaceId);
    isTold = true;
    for (const subscriber of subscribers) {
      const waiting = due.get(subscriber.name);
      if (!waiting) continue;
      // Another worker goes on, or this one after its next start.
      if (signal.aborted) return jobs.enqueue(database.system, dispatchTask, { workspaceId });
      if (!(await advance(deps, subscriber, { workspaceId, ...waiting }))) busy.add(subscriber.name);
    }
  }
}

/** One step of a subscriber; false where another worker is at all of it. */
async function advance(
  deps: DispatchDeps,
  subscriber: Subscriber,
  { workspaceId, hasNew, hasFailed }: Due & { workspaceId: string },
): Promise<boolean> {
  const batch = { workspaceId, limit: subscriber.batch };
  const hasRetried = hasFailed && (await retryFailure(deps, subscriber, workspaceId));
  const hasMoved = hasNew && (await handleBatch(deps, subscriber, batch));
  return hasRetried || hasMoved;
}

/** What is handled in a workspace sees its rows alone; what concerns the installation belongs to none. */
function inStream<Result>(
  { database }: DispatchDeps,
  workspaceId: string,
  work: (db: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  return workspaceId === installationStream
    ? database.system.transaction().execute(work)
    : database.inWorkspace(workspaceId, work);
}

/** What is due has been numbered by now, so that whoever is told can read it. */
async function tellOpenPages({ announce, log }: DispatchDeps, workspaceId: string): Promise<void> {
  await announce?.([workspaceId]).catch((error: unknown) => {
    log.warn({ err: error, workspaceId }, "open pages were not told of what is new");
  });
}

/** False where another worker has the cursor. */
async function handleBatch(
  deps: DispatchDeps,
  subscriber: Subscriber,
  wanted: { workspaceId: string; limit: number },
): Promise<boolean> {
  const { workspaceId } = wanted;
  let batch: Batch | null = null;
  try {
    return await inStream(deps, workspaceId, async (db) => {
      batch = await takeBatch(db, subscriber, wanted);
      if (batch === null) return false;
      const { events, end } = batch;
      if (events.length > 0) await subscriber.handle(db, events);
      await moveCursor(db, subscriber.name, { workspaceId, end });
      return true;
    });
  } catch (error) {
    await afterFailure(deps, subscriber, { workspaceId, batch, error });
    return true;
  }
}

type Failed = { workspaceId: string; batch: Batch | null; error: unknown };

/** One event that fails is not in the way of those before it; whether of those behind it, the subscriber says. */
async function afterFailure(deps: DispatchDeps, subscriber: Subscriber, failed: Failed): Promise<void> {
  const { workspaceId, batch, error } = failed;
  const [first] = batch?.events ?? [];
  // Not the handling failed, but the database.
  if (batch === null || first === undefined) throw error;
  const { events, handled } = batch;
  if (events.length > 1) {
    for (const _ of events) if (!(await handleBatch(deps, subscriber, { workspaceId, limit: 1 }))) return;
    return;
  }
  const { name, order } = subscriber;
  const { sequence } = first;
  const at = { workspaceId, error: errorText(error), handled };
  const tried =
    order === "workspace"
      ? await holdCursor(deps.database.system, name, at)
      : await putAside(deps.database.system, name, { ...at, sequence });
  await comeAgain(deps, { name, event: first, error }, tried);
}

/** Tries one event again that was put aside; false where none is due, or others have them. */
async function retryFailure(
  deps: DispatchDeps,
  subscriber: Subscriber,
  workspaceId: string,
): Promise<boolean> {
  const { name } = subscriber;
  let event: StoredEvent | null = null;
  try {
    return await inStream(deps, workspaceId, async (db) => {
      event = await lockFailure(db, subscriber, workspaceId);
      if (event === null) return false;
      await subscriber.handle(db, [event]);
      await deleteFailure(db, name, event);
      return true;
    });
  } catch (error) {
    const failed = event as StoredEvent | null;
    if (failed === null) throw error;
    const at = { workspaceId, sequence: failed.sequence, error: errorText(error) };
    const tried = await postponeFailure(deps.database.system, name, at);
    await comeAgain(deps, { name, event: failed, error }, tried);
    return true;
  }
}

/** Wakes a worker for the next try. Nothing is given up: what fails for long is an error of the log and of `/ready`. */
async function comeAgain(
  { database, jobs, log }: DispatchDeps,
  { name, event, error }: { name: string; event: StoredEvent; error: unknown },
  tried: Tried | null,
): Promise<void> {
  if (tried === null) return;
  const { workspaceId, sequence, kind } = event;
  await jobs.enqueue(database.system, dispatchTask, { workspaceId }, { runAt: tried.nextAt });
  const facts = { err: error, subscriber: name, workspaceId, sequence, kind, tries: tried.tries };
  if (tried.tries < manyTries) log.warn(facts, "an event could not be handled and will come again");
  else log.error(facts, "an event cannot be handled, however often");
}

function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
