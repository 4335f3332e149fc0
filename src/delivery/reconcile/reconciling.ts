import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import { claimAmbiguous } from "../claim/claim.store.ts";
import { createWorkerPool } from "../claim/worker-pool.ts";
import type { Lease, ReconcileDeps } from "../deps.ts";
import { reconcileDelivery } from "./reconcile.ts";

/**
 * Reads back what became of lost answers. `mayRunTwice`: another Galley may still send the same posts, so that no
 * absence would count.
 */
export function reconcilingSweep({
  database,
  deps,
  lease,
  mayRunTwice,
}: {
  database: Database;
  deps: ReconcileDeps;
  lease: Lease;
  mayRunTwice: () => boolean;
}): Sweep {
  const pool = createWorkerPool({
    claim: (limit) => claimAmbiguous(database.system, { limit, ...lease }),
    work: (claimed) => reconcileDelivery(deps, claimed),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 8,
    perGroup: 8,
    lookEveryMs: 1_000,
  });
  return {
    name: "delivery.reconcile",
    everyMs: 1_000,
    run: async (signal) => {
      if (!mayRunTwice()) await pool.run(signal);
    },
  };
}
