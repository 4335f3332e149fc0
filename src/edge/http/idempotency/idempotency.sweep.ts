import type { Clock } from "#kit";
import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import { deleteKeysBefore } from "./idempotency.store.ts";

/** How long an answer is kept. */
const keptMs = 24 * 60 * 60 * 1000;

/** Forgets answers after a day: for the worker, which serves no requests and loads nothing else of this folder. */
export function idempotencySweep({ database, clock }: { database: Database; clock: Clock }): Sweep {
  return {
    name: "http.idempotency_keys",
    everyMs: 60 * 60 * 1000,
    run: () => deleteKeysBefore(database.system, new Date(clock.now().getTime() - keptMs)),
  };
}
