import { uptime } from "node:os";
import type { Kysely } from "kysely";
import { type Database, databaseTime, type Schema } from "#platform/db";
import type { DeliveryLog, DeliverySettings } from "../deps.ts";
import { readInstallation } from "../quarantine/quarantine.store.ts";
import * as store from "./clock-steps.store.ts";

/** Time services keep to milliseconds, and correct what is more by setting the clock. */
const toleranceMs = 5_000;

/** No bound of a lease is shorter, whatever the settings say. */
const leastBoundMs = 300_000;

/** The database's clock at a moment of the steady one, which lies within `eitherMs` of it. */
type ClockReading = { at: Date; newestStep: number; steadyMs: number; eitherMs: number };

export type ClockSteps = {
  /**
   * Compares the database's clock with a steady one. Where it was set since the last time, what waits is told.
   *
   * False: it was set forward, and nobody could be told. No lease may be ended by it, until none of before can last.
   */
  compare(): Promise<boolean>;
};

/** Milliseconds since this machine started: nobody can set them, and they go on while it sleeps, as the database's clock does. */
function sinceStart(): number {
  return uptime() * 1_000;
}

/**
 * Notices when the database's clock is set while posts wait by it. Every process compares before it ends what seems to
 * be over; the first to notice a step writes it down, and the others find it there.
 */
export function createClockSteps(
  {
    database,
    log,
    settings,
  }: {
    database: Database;
    log: DeliveryLog;
    settings: Pick<DeliverySettings, "leaseMs" | "marginMs">;
  },
  steadyNow: () => number = sinceStart,
): ClockSteps {
  let last: ClockReading | null = null;
  /** A step that could not be told, and since when. */
  let untold: { byMs: number; sinceMs: number } | null = null;

  async function readClocks(): Promise<ClockReading> {
    // Before the time: a step that somebody writes down in between is found as one that came after.
    const newestStep = await store.newestStep(database.system);
    const asked = steadyNow();
    const at = await databaseTime(database.system);
    const told = steadyNow();
    return { at, newestStep, steadyMs: (asked + told) / 2, eitherMs: (told - asked) / 2 };
  }

  async function compare(): Promise<boolean> {
    const now = await readClocks();
    const before = last;
    if (before !== null) {
      const passedMs = now.steadyMs - before.steadyMs;
      const byMs = now.at.getTime() - before.at.getTime() - passedMs;
      const toleratedMs = toleranceMs + before.eitherMs + now.eitherMs;
      const oldUntil = new Date(before.at.getTime() + passedMs + toleratedMs);
      if (Math.abs(byMs) > toleratedMs) {
        try {
          now.newestStep = await noticed(before, { byMs, oldUntil }, toleratedMs);
        } catch (error) {
          // The last reading stays the one of before the step, so that it is noticed again.
          return mayGoOn(error, byMs, now.steadyMs);
        }
      }
    }
    last = now;
    untold = null;
    return true;
  }

  /** Returns the newest step: this one, or another's of it. */
  async function noticed(before: ClockReading, seen: store.Step, toleratedMs: number): Promise<number> {
    const { step, newestStep } = await database.system.transaction().execute(async (transaction) => {
      await readInstallation(transaction, true);
      // What others have noticed since this process looked last is the same step.
      const known = await store.stepsAfter(transaction, before.newestStep);
      const rest = { ...seen, byMs: seen.byMs - known.byMs };
      if (Math.abs(rest.byMs) <= toleratedMs) return { step: null, newestStep: known.newestStep };
      const id = await store.insertStep(transaction, rest);
      // Before the deliveries, as by whoever lifts a hold.
      if (rest.byMs < 0) await store.pullHolds(transaction, rest);
      const deliveryIds = await store.lockDeliveries(transaction, rest);
      const longestLeaseMs = await boundOfLeases(transaction);
      await store.shiftAttempts(transaction, rest, deliveryIds);
      await store.shiftDeliveries(transaction, rest, { deliveryIds, longestLeaseMs });
      await store.shiftAside(transaction, rest, longestLeaseMs);
      return { step: rest, newestStep: id };
    });
    if (step) log.error({ byMs: Math.round(step.byMs) }, wordsFor(step));
    return newestStep;
  }

  /** Deadlines are a connector's settings, and an app may have its own: each stands with its attempt. */
  async function boundOfLeases(db: Kysely<Schema>): Promise<number> {
    const longestCallMs = (await store.longestDeadlineMs(db)) + settings.marginMs;
    return Math.max(leastBoundMs, settings.leaseMs, longestCallMs);
  }

  /**
   * A step that cannot be told must not keep what dead processes left from being recovered for ever. After one back,
   * leases end later than they would have. After one forward they seem to have ended: once the longest of before must
   * be over by the steady clock, those that still seem so are. What waits for its window waits by the process's own
   * clock as well (`first-seen.ts`).
   */
  async function mayGoOn(error: unknown, byMs: number, steadyMs: number): Promise<boolean> {
    if (untold === null || byMs - untold.byMs > toleranceMs) untold = { byMs, sinceMs: steadyMs };
    const words = `${changeOf(byMs)}, and that could not be told to what waits: it is tried again in two seconds`;
    log.error({ err: error, byMs: Math.round(byMs) }, `The database's clock was set ${words}.`);
    return byMs < 0 || steadyMs - untold.sinceMs > (await boundOfLeases(database.system));
  }

  return { compare };
}

function changeOf(byMs: number): string {
  return `${byMs > 0 ? "forward" : "back"} by ${Math.round(Math.abs(byMs) / 1_000)} seconds`;
}

function wordsFor({ byMs }: store.Step): string {
  const harm =
    byMs > 0 ? "posts may have gone out early, or be told as missed" : "what is due waits so much longer";
  return `The database's clock was set ${changeOf(byMs)}: ${harm}. Set it by a time service (NTP), which corrects it in small steps.`;
}
