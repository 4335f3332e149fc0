import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import type { DeliveryLog, DeliverySettings } from "../deps.ts";
import { DeliveryError } from "../model/errors.ts";
import type { FirstSeen } from "../model/first-seen.ts";
import { ambiguousAttempts } from "../reconcile/attempts.store.ts";
import { createClockSteps } from "./clock-steps.ts";
import { durabilityProblem } from "./durability.store.ts";
import {
  holdForReconnect,
  markMissed,
  missAway,
  resumeLooks,
  resumeReconnected,
  waitForHolds,
} from "./maintenance.store.ts";
import { recoverExpired } from "./recovery.store.ts";

/** Moves on what nobody works on: what dead workers left, what is late, and what waits for its channel or its platform. */
export function maintenanceSweep({
  database,
  log,
  settings,
  firstSeen,
  isQuarantined,
}: {
  database: Database;
  log: DeliveryLog;
  settings: DeliverySettings;
  firstSeen: FirstSeen;
  isQuarantined: () => Promise<boolean>;
}): Sweep {
  const clockSteps = createClockSteps({ database, log, settings });
  return {
    name: "delivery.maintenance",
    everyMs: 2_000,
    run: async () => {
      // First: a clock that was set ends no lease.
      if (await clockSteps.compare()) await recoverExpired(database.system);
      firstSeen.note(await ambiguousAttempts(database.system));
      await resumeLooks(database.system);
      // What is due may have been sent: it is looked up first, and then missed or not.
      if (await isQuarantined()) return;
      await markMissed(database.system);
      await holdForReconnect(database.system);
      await resumeReconnected(database.system);
      await missAway(database.system);
      await waitForHolds(database.system);
    },
  };
}

/** @throws DeliveryError `delivery.not_durable` on a database that may forget a commit */
export async function assertDurable(database: Database): Promise<void> {
  const problem = await durabilityProblem(database.system);
  if (problem === null) return;
  throw new DeliveryError({ code: "delivery.not_durable", kind: "unavailable", message: problem });
}
