import { setTimeout as pause } from "node:timers/promises";
import { type Database, isDatabaseUnavailable, sqlState } from "#platform/db";
import type { DeliveryDeps } from "../deps.ts";
import type { Intent } from "../model/intent.ts";
import { sayOutcome, type Settlement } from "../model/settlement.ts";
import { writeSettlements } from "../model/settlements.store.ts";
import { groupCommit } from "./group-commit.ts";
import { writeIntents, type Written } from "./intents.store.ts";

/** Errors that the database raised about one row, or a deadlock that it broke: nothing of the statement stands. */
function isRefusedRow(error: unknown): boolean {
  return /^(GD...|23...|22...|40P01)$/.test(sqlState(error) ?? "");
}

/**
 * Writes what concurrent deliveries intend and have become in commits that they share. `watch`: asks with how far this
 * process has seen the database's log come, and keeps how far the answer says that it has come.
 */
export function createCommits({
  database,
  settings,
  log,
  watch,
}: Pick<DeliveryDeps, "settings" | "log"> & {
  database: Database;
  watch: (ask: (seen: number) => Promise<Written>) => Promise<Written>;
}): Pick<DeliveryDeps, "writeIntent" | "settle"> {
  // Several smaller commits follow one another: while one is on its way, what the last confirmed moves on.
  const maxItems = Math.max(8, Math.ceil(settings.concurrency / 2));
  const writeIntent = groupCommit<Intent, boolean>({
    flush: async (intents) => {
      const written = await watch((seen) => writeIntents(database.system, intents, seen));
      return written.standing;
    },
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
        const isWritten = await settleTogether(settlement);
        if (isWritten) sayOutcome(log, settlement);
        return isWritten;
      } catch (error) {
        if (!isDatabaseUnavailable(error) || performance.now() + waitMs > giveUpAt) throw error;
        await pause(waitMs);
      }
    }
  }

  return { writeIntent, settle };
}
