import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import { createWorkerPool } from "../claim/worker-pool.ts";
import type { DeliveryDeps, Lease } from "../deps.ts";
import { lookForDelivery } from "./quarantine-check.ts";
import { claimUnchecked } from "./quarantine.store.ts";
import type { Quarantine } from "./quarantine.ts";

/** Notices that history was lost, and looks up what may have been sent in it. */
export function quarantineSweeps({
  database,
  deps,
  lease,
  quarantine,
}: {
  database: Database;
  deps: DeliveryDeps;
  lease: Lease;
  quarantine: Quarantine;
}): Sweep[] {
  const pool = createWorkerPool({
    claim: (limit) => claimUnchecked(database.system, { limit, ...lease }),
    work: (claimed, aborted) => lookForDelivery(deps, database, claimed, aborted),
    groupOf: (claimed) => claimed.channelId,
    concurrency: 8,
    perGroup: 8,
    lookEveryMs: 1_000,
  });
  return [
    {
      name: "delivery.beat",
      everyMs: 2_000,
      run: () => quarantine.advanceEpoch(),
    },
    {
      // For itself: an epoch waits for no upload that is made to look something up.
      name: "delivery.quarantine",
      everyMs: 2_000,
      run: async (signal) => {
        if (quarantine.lastEpoch() === 0) await quarantine.advanceEpoch();
        if (!quarantine.mayRunTwice()) await pool.run(signal);
      },
    },
  ];
}
