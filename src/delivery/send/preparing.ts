import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import { createWorkerPool } from "../claim/worker-pool.ts";
import type { DeliveryDeps, Epochs, Lease } from "../deps.ts";
import { claimPreparations, forgetPreparations } from "./preparations.store.ts";
import { prepareAhead } from "./prepare-ahead.ts";

/** Prepares ahead of its due time what takes long. */
export function preparingSweep({
  database,
  deps,
  lease,
  epochs,
}: {
  database: Database;
  deps: DeliveryDeps;
  lease: Lease;
  epochs: Epochs;
}): Sweep {
  const { aheadMs } = deps.settings;
  // A few at a time, in slots of their own: what is due is never behind what is not.
  const pool = createWorkerPool({
    claim: (limit, busyChannels) => {
      const lastEpoch = epochs.lastEpoch();
      return claimPreparations(database.system, { limit, busyChannels, ...lease, aheadMs, lastEpoch });
    },
    work: (claimed, aborted) => prepareAhead(deps, database, claimed, aborted),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 4,
    perGroup: 2,
    lookEveryMs: 5_000,
  });
  return {
    name: "delivery.prepare_ahead",
    everyMs: 5_000,
    run: async (signal) => {
      await forgetPreparations(database.system);
      await pool.run(signal);
    },
  };
}
