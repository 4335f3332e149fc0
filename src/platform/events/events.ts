import { z } from "zod";
import type { Sweep, Task } from "#platform/jobs";
import { type DispatchDeps, dispatchTask, dispatchWorkspace } from "./dispatch.ts";
import {
  deleteOldEvents,
  deleteUnseenSubscribers,
  registerSubscriber,
  unsettledWorkspaces,
} from "./events.store.ts";

export type EventsOptions = DispatchDeps & {
  /** How long events are kept that every subscriber has handled. */
  keepMs: number;
};

export type Events = {
  tasks: Record<string, Task>;
  sweeps: readonly Sweep[];
  /** Handles all that waits, in every workspace, but for what another worker has or what has failed of late. */
  catchUp(signal: AbortSignal): Promise<void>;
};

const payloadSchema = z.object({ workspaceId: z.uuid() });
const mostWorkspaces = 1_000;
const deletedTogether = 5_000;

/**
 * Hands events to their subscribers, in the worker: each of them at least once, and what a handler writes exactly once.
 * In a step, subscribers are asked in the order of the list.
 *
 * @throws TypeError where two subscribers have one name
 */
export function createEvents({ keepMs, ...deps }: EventsOptions): Events {
  const { database, subscribers, log } = deps;
  const db = database.system;
  if (new Set(subscribers.map(({ name }) => name)).size < subscribers.length) {
    throw new TypeError("two subscribers have one name");
  }
  let started: Promise<void> | null = null;

  async function registerAll(isStart: boolean): Promise<void> {
    for (const subscriber of subscribers) await registerSubscriber(db, subscriber, isStart);
  }

  /** Nothing is dispatched before it is known who begins where. */
  async function start(): Promise<void> {
    started ??= registerAll(true).catch((error: unknown) => {
      started = null;
      throw error;
    });
    await started;
  }

  async function catchUp(signal: AbortSignal): Promise<void> {
    await start();
    const failures: unknown[] = [];
    for (const workspaceId of await unsettledWorkspaces(db, mostWorkspaces)) {
      if (signal.aborted) return;
      await dispatchWorkspace(deps, workspaceId, signal).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, "the events of some workspaces could not be handed out");
    }
  }

  async function deleteOld(signal: AbortSignal): Promise<void> {
    const forgotten = await deleteUnseenSubscribers(db, keepMs);
    if (forgotten.length > 0)
      log.warn({ subscribers: forgotten }, "forgot subscribers that no worker runs any more");
    const some = { keepMs, limit: deletedTogether };
    while (!signal.aborted && (await deleteOldEvents(db, some)) === deletedTogether);
  }

  return {
    catchUp,
    tasks: {
      [dispatchTask]: async (payload, { signal }) => {
        const { workspaceId } = payloadSchema.parse(payload);
        await start();
        await dispatchWorkspace(deps, workspaceId, signal);
      },
    },
    sweeps: [
      {
        name: "events.catch_up",
        everyMs: 30_000,
        run: async (signal) => {
          await start();
          await registerAll(false);
          await catchUp(signal);
        },
      },
      {
        name: "events.old",
        everyMs: 60 * 60 * 1000,
        run: async (signal) => {
          await start();
          await deleteOld(signal);
        },
      },
    ],
  };
}
