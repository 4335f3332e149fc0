import type { ConnectorRegistry } from "#connectors";
import type { Actor } from "#kit";
import { type Database, isDatabaseUnavailable, sqlState } from "#platform/db";
import type { Jobs, Sweep, Task } from "#platform/jobs";
import type { Schema } from "#platform/db";
import type { Kysely } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import { claimAmbiguous, claimDue } from "./claim.ts";
import { deliveriesInStates, deliveriesOfPost, findDelivery, type DeliveryView } from "./deliveries.read.ts";
import { externalIdsTaken, learnWindow } from "./deliveries.store.ts";
import { DeliveryError, notFound } from "./errors.ts";
import { groupCommit } from "./group-commit.ts";
import { type Intent, writeIntents } from "./intent.ts";
import { cancelOrder, type DeliveryOrder, publishTask, requestDeliveries, rescheduleOrder } from "./order.ts";
import { type Resolution, resolveDelivery, retryDelivery } from "./people.ts";
import { publishDelivery } from "./publish.ts";
import { createPump } from "./pump.ts";
import { reconcileDelivery, type ReconcileTools } from "./reconcile.ts";
import { type Settlement, writeSettlements } from "./settle.ts";
import type { DeliveryState } from "./state.ts";
import {
  durabilityProblem,
  holdForReconnect,
  markMissed,
  recoverExpired,
  resumeReconnected,
} from "./tend.ts";
import type { ChannelAccess, DeliveryLog, DeliverySettings, MediaBytes } from "./tools.ts";

export type DeliveriesOptions = {
  database: Database;
  jobs: Jobs;
  channels: ChannelAccess;
  connectors: ConnectorRegistry;
  files: MediaBytes;
  log: DeliveryLog;
  settings: Pick<DeliverySettings, "concurrency" | "minimumWindowMs"> & Partial<DeliverySettings>;
};

/** The face of delivery. Time is the database's: due times, leases and windows are judged by its clock. */
export type Deliveries = {
  /** Freezes an approved post, one delivery per variant; part of the caller's transaction. */
  request(transaction: Kysely<Schema>, order: DeliveryOrder): Promise<string[]>;
  /** Cancels what has not been sent; part of the caller's transaction. */
  cancel(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
  ): Promise<{ cancelled: string[]; tooLate: string[] }>;
  /** Moves what has not been sent; part of the caller's transaction. */
  reschedule(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
    dueAt: Date,
  ): Promise<{ rescheduled: string[]; tooLate: string[] }>;
  forPost(workspaceId: string, postId: string): Promise<DeliveryView[]>;
  inStates(
    workspaceId: string,
    query: { states: readonly DeliveryState[]; limit: number; before: string | null },
  ): Promise<DeliveryView[]>;
  resolve(actor: Actor, id: string, resolution: Resolution): Promise<DeliveryView>;
  retry(actor: Actor, id: string): Promise<DeliveryView>;
  /** Throws `delivery.not_durable` on a database that may forget a commit; a worker asks before it starts. */
  checkDurability(): Promise<void>;
  tasks: Record<string, Task>;
  sweeps: readonly Sweep[];
};

const defaults = { leaseMs: 60_000, marginMs: 10_000, skewMs: 120_000 };

/** Errors that the database raised about one row, or a deadlock that it broke: nothing of the statement stands. */
function isRefusedRow(error: unknown): boolean {
  return /^(GD...|23...|22...|40P01)$/.test(sqlState(error) ?? "");
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { database, jobs, channels, connectors, files, log } = options;
  const settings: DeliverySettings = { ...defaults, ...options.settings };
  // Several smaller commits follow one another: while one is on its way, what the last confirmed moves on.
  const maxItems = Math.max(8, Math.ceil(settings.concurrency / 2));

  const writeIntent = groupCommit<Intent, boolean>({
    flush: (intents) => writeIntents(database.system, intents),
    isolates: isRefusedRow,
    maxItems,
  });
  const settleTogether = groupCommit<Settlement, boolean>({
    flush: (settlements) => writeSettlements(database.system, settlements),
    isolates: isRefusedRow,
    maxItems,
  });

  /** What a platform answered is precious: while the lease may last, a database that is away is tried again. */
  async function settle(settlement: Settlement): Promise<boolean> {
    const giveUpAt = performance.now() + settings.marginMs;
    for (let waitMs = 50; ; waitMs *= 2) {
      try {
        return await settleTogether(settlement);
      } catch (error) {
        if (!isDatabaseUnavailable(error) || performance.now() + waitMs > giveUpAt) throw error;
        await pause(waitMs);
      }
    }
  }

  const tools: ReconcileTools = {
    channels,
    connectors,
    files,
    settings,
    log,
    writeIntent,
    settle,
    idsTaken: (claimed, attemptId, ids) => externalIdsTaken(database.system, claimed, attemptId, ids),
    learnWindow: (claimed, visibleAfterMs) => learnWindow(database.system, claimed, visibleAfterMs),
  };
  const publishing = createPump({
    claim: (limit, busyChannels) =>
      claimDue(database.system, { limit, busyChannels, leaseMs: settings.leaseMs }),
    work: (claimed, stopping) => publishDelivery(tools, claimed, stopping),
    groupOf: (claimed) => claimed.channelId,
    concurrency: settings.concurrency,
    perGroup: Math.max(1, Math.ceil(settings.concurrency / 2)),
  });
  const reconciling = createPump({
    claim: (limit) => claimAmbiguous(database.system, { limit, leaseMs: settings.leaseMs }),
    work: (claimed) => reconcileDelivery(tools, claimed),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 8,
    perGroup: 8,
  });

  async function checkDurability(): Promise<void> {
    const problem = await durabilityProblem(database.system);
    if (problem === null) return;
    throw new DeliveryError({ code: "delivery.not_durable", kind: "unavailable", message: problem });
  }

  // The sweeps' signal aborts at once when the process stops; a task's only when patience ends.
  let stopping: AbortSignal = new AbortController().signal;

  async function view(workspaceId: string, id: string): Promise<DeliveryView> {
    const found = await findDelivery(database, workspaceId, id);
    if (found) return found;
    throw notFound();
  }

  return {
    request: (transaction, order) => requestDeliveries(transaction, jobs, order),
    cancel: cancelOrder,
    reschedule: (transaction, workspaceId, postId, dueAt) =>
      rescheduleOrder(transaction, jobs, { workspaceId, postId, dueAt }),
    forPost: (workspaceId, postId) => deliveriesOfPost(database, workspaceId, postId),
    inStates: (workspaceId, query) => deliveriesInStates(database, workspaceId, query),
    resolve: async (actor, id, resolution) => {
      await resolveDelivery({ database, jobs }, actor, id, resolution);
      return view(actor.workspaceId, id);
    },
    retry: async (actor, id) => {
      await retryDelivery({ database, jobs }, actor, id);
      return view(actor.workspaceId, id);
    },
    checkDurability,
    tasks: {
      [publishTask]: async (_payload, { signal }) => publishing.run(AbortSignal.any([signal, stopping])),
    },
    sweeps: [
      {
        name: publishTask,
        everyMs: 1_000,
        run: async (signal) => {
          stopping = signal;
          await publishing.run(signal);
        },
      },
      { name: "delivery.reconcile", everyMs: 1_000, run: (signal) => reconciling.run(signal) },
      {
        name: "delivery.tend",
        everyMs: 2_000,
        run: async () => {
          await recoverExpired(database.system);
          await markMissed(database.system, jobs);
          await holdForReconnect(database.system, jobs);
          await resumeReconnected(database.system, jobs);
        },
      },
    ],
  };
}
