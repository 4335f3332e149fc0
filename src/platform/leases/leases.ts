import { setInterval } from "node:timers/promises";
import type { Kysely } from "kysely";
import { GalleyError } from "#kit";
import type { Database, Schema } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import {
  deleteEndedLeases,
  guardLease,
  type Held,
  type LeaseKey,
  moveLease,
  takeLease,
} from "./leases.store.ts";

/** What a worker has while it holds a lease. */
export type Lease = Held & {
  /** Aborts when the lease is lost, and when the caller's own signal does. */
  signal: AbortSignal;
  /**
   * Runs `work` in a transaction in which nobody else can take the lease, so that what it writes stands only while the
   * worker holds it. Throws `LeaseLost` where somebody else has taken it.
   */
  write<Result>(work: (transaction: Kysely<Schema>) => Promise<Result>): Promise<Result>;
};

/** Somebody else holds the lease by now, or may: this worker stops and writes nothing more. */
export class LeaseLost extends GalleyError {
  constructor(cause?: unknown) {
    const message = "Another worker goes on with this.";
    super({ code: "leases.lost", kind: "conflict", message, ...(cause === undefined ? {} : { cause }) });
  }
}

export type LeaseOptions = {
  key: LeaseKey;
  /** Milliseconds until others may take it, should this process fall silent. Renewed three times as often. */
  forMs: number;
  /** Ends the work where the process stops. */
  signal: AbortSignal;
};

/**
 * Works on one thing while no other worker does. Null where another one holds the lease; what `work` throws goes on to
 * the caller. Afterwards the lease is free at once, and where the process dies, when its time is up.
 */
export async function underLease<Result>(
  database: Database,
  { key, forMs, signal }: LeaseOptions,
  work: (lease: Lease) => Promise<Result>,
): Promise<{ result: Result } | null> {
  const held = await takeLease(database.system, key, forMs);
  if (held === null) return null;
  const stop = new AbortController();
  const renewing = renew(database, held, { forMs, stop });
  const lease: Lease = {
    ...held,
    signal: AbortSignal.any([signal, stop.signal]),
    write: (write) =>
      database.inWorkspace(key.workspaceId, async (transaction) => {
        if (!(await guardLease(transaction, held))) throw new LeaseLost();
        return write(transaction);
      }),
  };
  try {
    return { result: await work(lease) };
  } finally {
    stop.abort();
    await renewing;
    // What cannot be given back now ends by itself.
    await moveLease(database.system, held, 0).catch(() => undefined);
  }
}

/** Moves the end of the lease on until stopped; stops the work where there is nothing to move. */
async function renew(
  database: Database,
  held: Held,
  { forMs, stop }: { forMs: number; stop: AbortController },
): Promise<void> {
  try {
    for await (const _ of setInterval(forMs / 3, undefined, { signal: stop.signal })) {
      if (!(await moveLease(database.system, held, forMs))) stop.abort(new LeaseLost());
    }
  } catch (error) {
    // A database that cannot be reached: the work will notice too, and the lease will run out.
    if (!stop.signal.aborted) stop.abort(new LeaseLost(error));
  }
}

const dayMs = 86_400_000;

/** Forgets leases that ended a day ago. */
export function leasesSweep({ database }: { database: Database }): Sweep {
  return { name: "leases.ended", everyMs: 3_600_000, run: () => deleteEndedLeases(database.system, dayMs) };
}
