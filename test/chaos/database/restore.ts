import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { orderQuarantine } from "#platform/config";
import { on } from "../platforms/target.ts";
import {
  attemptsBegin,
  attemptsOf,
  type Installation,
  openInstallation,
  usualFaults,
} from "./installation.ts";
import type { Finding, Scenario } from "./scenario.ts";
import type { Postgres } from "./server.ts";

const execute = promisify(execFile);
const postsEach = 80;
const stillOpen = 10;
/** As many as become too late in front of each backup. */
const late = 8;
const retriedStates = ["rejected", "missed", "needs_reconnect"] as const;

/**
 * The database is taken back to an earlier moment, at which posts were on their way, refused, too late, or waited for
 * a connection; all of that has been mended and published since. Then a person mends it again, at once and after the
 * quarantine. Every second time the data folder is taken back, too, and an operator says so.
 */
export const restore: Scenario = async ({ times, ...options }) => {
  const installation = await openInstallation(options);
  const { harness, random } = installation;
  let workers = await installation.startWorkers();
  let stopped = 0;
  let retries = 0;
  try {
    for (let round = 1; round <= times; round += 1) {
      installation.say(`${round} of ${times}`);
      await trouble(installation);
      await pause(random() * 1_500);
      const backup = await backUp(installation, round);
      stopped += await countStopped(installation.primary);
      installation.say("backed up");
      installation.peopleAreAway = false;
      await installation.disturb(usualFaults);
      await mendUntilCalm(installation);

      installation.say("mended");
      const withFolder = round % 2 === 0;
      if (withFolder) {
        await workers.close();
        await rm(harness.dataDir, { recursive: true });
        await execute("cp", ["--archive", backup.dataDir, harness.dataDir]);
        await orderQuarantine(harness.dataDir, backup.at);
      }
      const earlier = await installation.startServer(backup.directory);
      await installation.primary.kill();
      installation.primary = earlier;
      installation.forwarder.to(earlier.port);
      await installation.sendAll();
      installation.say("restored");
      // Before any worker has had a look, for half of them.
      retries += await retryAll(installation, () => random() < 0.5);
      if (withFolder) workers = await installation.startWorkers();
      // The others only when all seems well again.
      // The one before was killed: whenever it is asked whether this is a copy, that is the answer.
      await installation.quarantinePasses({ otherIsOff: true });
      installation.say("released");
      retries += await mendUntilCalm(installation);
    }
    const judged = await installation.judge();
    const findings: Finding[] = [
      { what: "posts that were refused, missed or waited for a connection in a backup", count: stopped },
      { what: "retries by a person", count: retries },
    ];
    if (retries === 0)
      findings.push({ what: "nobody retried anything, so this proved nothing", count: 1, isWrong: true });
    return { judged, asked: installation.asked, findings };
  } finally {
    await workers.close();
    await installation.close();
  }
};

type Backup = { directory: string; dataDir: string; at: Date };

/** Posts on their way, with some refused, some too late and some whose access has been withdrawn. Nobody is there to see it. */
async function trouble(installation: Installation): Promise<void> {
  const { primary, platforms } = installation;
  const before = await attemptsOf(primary);
  await installation.order(postsEach, async () => {
    installation.peopleAreAway = true;
    await installation.disturb([on("create", "refusal", 0.5), ...usualFaults], "sandbox");
    for (const target of platforms.targets) {
      if (["x", "facebook"].includes(target.id)) await target.withdraw();
    }
    await primary.query(
      `update deliveries set late_after = clock_timestamp() where id in (
        select id from deliveries where state = 'scheduled' and due_at <= clock_timestamp() limit ${late})`,
    );
  });
  await attemptsBegin(primary, before.length, postsEach / 4);
}

/** Database and data folder as they are at this moment. */
async function backUp({ primary, directory, harness }: Installation, round: number): Promise<Backup> {
  const folder = join(directory, `backup-${round}`);
  await mkdir(folder);
  const at = new Date();
  await primary.copyTo(folder);
  const dataDir = join(folder, "galley");
  await execute("cp", ["--archive", harness.dataDir, dataDir]);
  return { directory: folder, dataDir, at };
}

async function countStopped(primary: Postgres): Promise<number> {
  const rows = await primary.query("select id from deliveries where state = any($1)", [retriedStates]);
  return rows.length;
}

/** A person who tries again whatever has stopped, as often as that takes. Returns the number of retries. */
async function mendUntilCalm(installation: Installation): Promise<number> {
  let retries = 0;
  for (const deadline = performance.now() + 60_000; performance.now() < deadline;) {
    const isCalm = await installation.calmsDown(stillOpen, 1_500);
    const more = await retryAll(installation, () => true);
    retries += more;
    if (isCalm && more === 0) return retries;
  }
  return retries;
}

async function retryAll({ harness, primary }: Installation, isChosen: () => boolean): Promise<number> {
  const rows = await primary.query("select id from deliveries where state = any($1)", [retriedStates]);
  const retried = rows.filter(isChosen).map(({ id }) =>
    // It may have moved on since.
    harness.deliveries.retry(harness.author, String(id)).then(
      () => 1,
      () => 0,
    ),
  );
  return (await Promise.all(retried)).reduce<number>((sum, one) => sum + one, 0);
}
