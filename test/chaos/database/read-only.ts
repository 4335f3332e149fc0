import { setTimeout as pause } from "node:timers/promises";
import { failOver } from "../../support/features/failover.ts";
import { on } from "../platforms/target.ts";
import { attemptsBegin, attemptsOf, inPeace, openInstallation } from "./installation.ts";
import type { Finding, Scenario } from "./scenario.ts";

const postsEach = 60;
const stillOpen = 10;
const mostAwayMs = 1_500;

/**
 * The database only reads for a moment, as a server that is about to become a standby, while answers come in. The
 * platforms behave, so that each answer is known: none may be forgotten and looked up afterwards.
 */
export const readOnly: Scenario = async ({ times, ...options }) => {
  const environment = { DELIVERY_LEASE_SECONDS: "8", DELIVERY_MARGIN_SECONDS: "5" };
  const installation = await openInstallation({ ...options, environment, lifetimes: inPeace });
  const { primary, harness, random } = installation;
  await installation.disturb([on("create", "slow", 1, { delayMs: 200 })]);
  await installation.startWorkers();
  try {
    for (let round = 1; round <= times; round += 1) {
      installation.say(`${round} of ${times}`);
      const before = await attemptsOf(primary);
      await installation.order(postsEach);
      await attemptsBegin(primary, before.length, postsEach / 6);
      await failOver(harness.databaseUrl, "reading");
      await pause(300 + random() * (mostAwayMs - 300));
      await failOver(harness.databaseUrl, "writing");
      await installation.calmsDown(stillOpen);
    }
    const judged = await installation.judge();
    const rows = await primary.query(
      `select state, error_code as code, count(*)::integer as count from delivery_attempts
       where settled_by is distinct from 'answer' and state in ('confirmed', 'ambiguous', 'absent_proven')
         -- On a slow machine an answer may come too late, and is not known then.
         and error_code is distinct from 'delivery.deadline'
       group by state, error_code`,
    );
    const findings = rows.map(({ state, code, count }): Finding => {
      const what = `answers not written, attempt ${String(state)} (${String(code)})`;
      return { what, count: Number(count), isWrong: true };
    });
    return { judged, asked: installation.asked, findings };
  } finally {
    await installation.close();
  }
};
