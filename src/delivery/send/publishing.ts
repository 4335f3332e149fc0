import type { Sweep, Task } from "#platform/jobs";
import type { Claim } from "../claim/claim-due.ts";
import { createWorkerPool } from "../claim/worker-pool.ts";
import type { DeliveryDeps } from "../deps.ts";
import { publishTask } from "../order/order.ts";
import { publishDelivery } from "./publish.ts";

/** Publishes what is due: when a job says so, and once a second. */
export function createPublishing(deps: DeliveryDeps, claim: Claim): { task: Task; sweep: Sweep } {
  const { concurrency } = deps.settings;
  const pool = createWorkerPool({
    claim,
    work: (claimed, stopping) => publishDelivery(deps, claimed, stopping),
    groupOf: (claimed) => claimed.channelId,
    concurrency,
    perGroup: Math.max(1, Math.ceil(concurrency / 2)),
    lookEveryMs: 1_000,
  });
  // The sweeps' signal aborts at once when the process stops; a task's only when patience ends.
  let stopping: AbortSignal | null = null;

  return {
    task: async (_payload, { signal }) => {
      // Before the first sweep nothing could stop it; that sweep is about to come and finds what is due.
      if (stopping) await pool.run(AbortSignal.any([signal, stopping]));
    },
    sweep: {
      name: publishTask,
      everyMs: 1_000,
      run: async (signal) => {
        stopping = signal;
        await pool.run(signal);
      },
    },
  };
}
