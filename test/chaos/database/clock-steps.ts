import { setTimeout as pause } from "node:timers/promises";
import { giveClock, stepClock } from "../../support/clock.ts";
import { on } from "../platforms/target.ts";
import { attemptsBegin, attemptsOf, openInstallation, usualFaults } from "./installation.ts";
import type { Scenario } from "./scenario.ts";
import { urlAt } from "./server.ts";

const postsEach = 40;
const stillOpen = 15;
const hourMs = 3_600_000;

/** Time enough for several looks before a late post comes up, still within the window. */
const bounds = { deadlineMs: 1_000, windowMs: 6_000, latestMs: 4_000 };
/** The schedule of all, with so many lost answers and late posts that each step meets some. */
const faults = [
  on("create", "lost_answer", 0.15),
  on("create", "late_commit", 0.3, { delayMs: bounds.latestMs }),
  ...usualFaults,
];

/** Back and right again, then ahead and right again. Set right from behind, it says that each window has passed. */
const steps = [-hourMs, hourMs, hourMs, -hourMs];

/** What was ordered for this moment; the decoys for the next hour are called off by then. */
const dueNow = `
  update deliveries set due_at = clock_timestamp(), wake_at = clock_timestamp()
  where state = 'scheduled' and plan is null and due_at between clock_timestamp() and clock_timestamp() + interval '70 minutes'`;

/**
 * The database's clock is set by an hour, again and again, while answers are lost and posts are still to come up. The
 * platforms' clocks, and those of the workers, stay right.
 */
export const clockSteps: Scenario = async ({ times, ...options }) => {
  const installation = await openInstallation({ ...options, bounds });
  const { primary, random } = installation;
  const url = urlAt(primary.port);
  await giveClock(url);
  await installation.disturb(faults);
  await installation.startWorkers();
  let aheadMs = 0;
  try {
    for (let round = 1; round <= times; round += 1) {
      installation.say(`${round} of ${times}`);
      const before = await attemptsOf(primary);
      // People order by the right clock, and what waits for the database's would wait for an hour.
      await installation.order(postsEach, () => (aheadMs < 0 ? primary.query(dueNow) : Promise.resolve()));
      await attemptsBegin(primary, before.length, postsEach / 2);
      await pause(random() * 1_000);
      const byMs = steps[(round - 1) % steps.length] ?? 0;
      await stepClock(url, { byMs });
      aheadMs += byMs;
      await installation.calmsDown(stillOpen, 2 * bounds.windowMs);
    }
    if (aheadMs !== 0) await stepClock(url, { byMs: -aheadMs });
    return { judged: await installation.judge(), asked: installation.asked, findings: [] };
  } finally {
    await installation.close();
  }
};
