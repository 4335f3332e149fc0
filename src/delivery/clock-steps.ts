import type { Database } from "#platform/db";
import { uptime } from "node:os";
import * as store from "./clock-steps.store.ts";
import { readInstallation } from "./quarantine.store.ts";
import type { DeliveryLog } from "./tools.ts";

/** Time services keep to milliseconds, and correct what is more by setting the clock. */
const toleranceMs = 5_000;

/** Longer than any connector's deadline with its margin. */
const longestLeaseMs = 300_000;

/** The database's clock at a moment of the steady one, which lies within `eitherMs` of it. */
type Beat = { reading: store.ClockReading; steadyMs: number; eitherMs: number };

export type ClockSteps = {
  /** Compares the database's clock with a steady one. Where it was set since the last time, what waits is told. */
  compare(): Promise<void>;
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
  { database, log }: { database: Database; log: DeliveryLog },
  steadyNow: () => number = sinceStart,
): ClockSteps {
  let last: Beat | null = null;

  async function beat(): Promise<Beat> {
    const asked = steadyNow();
    const reading = await store.readClock(database.system);
    const told = steadyNow();
    return { reading, steadyMs: (asked + told) / 2, eitherMs: (told - asked) / 2 };
  }

  async function compare(): Promise<void> {
    const now = await beat();
    const before = last;
    if (before !== null) {
      const passedMs = now.steadyMs - before.steadyMs;
      const byMs = now.reading.at.getTime() - before.reading.at.getTime() - passedMs;
      const tolerance = toleranceMs + before.eitherMs + now.eitherMs;
      const oldUntil = new Date(before.reading.at.getTime() + passedMs + tolerance);
      if (Math.abs(byMs) > tolerance) {
        now.reading.newestStep = await noticed(before, { byMs, oldUntil }, tolerance);
      }
    }
    // Only now: where the database went away meanwhile, the step is noticed again.
    last = now;
  }

  /** Returns the newest step: this one, or another's of it. */
  async function noticed(before: Beat, seen: store.Step, tolerance: number): Promise<number> {
    const { step, newestStep } = await database.system.transaction().execute(async (transaction) => {
      await readInstallation(transaction, true);
      // What others have noticed since this process looked last is the same step.
      const known = await store.stepsAfter(transaction, before.reading.newestStep);
      const rest = { ...seen, byMs: seen.byMs - known.byMs };
      if (Math.abs(rest.byMs) <= tolerance) return { step: null, newestStep: known.newestStep };
      const id = await store.insertStep(transaction, rest);
      await store.shiftAttempts(transaction, rest);
      await store.shiftLeases(transaction, rest, longestLeaseMs);
      if (rest.byMs < 0) await store.pullWaits(transaction, rest);
      return { step: rest, newestStep: id };
    });
    if (step) log.error({ byMs: Math.round(step.byMs) }, wordsFor(step));
    return newestStep;
  }

  return { compare };
}

function wordsFor({ byMs }: store.Step): string {
  const seconds = Math.round(Math.abs(byMs) / 1_000);
  const change =
    byMs > 0
      ? `forward by ${seconds} seconds: posts may have gone out early, or be told as missed`
      : `back by ${seconds} seconds: what is due waits so much longer`;
  return `The database's clock was set ${change}. Set it by a time service (NTP), which corrects it in small steps.`;
}
