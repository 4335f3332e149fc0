import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { attemptsBegin, attemptsOf, type Installation, openInstallation } from "./installation.ts";
import type { Finding, Scenario } from "./scenario.ts";
import { type Postgres, urlAt } from "./server.ts";

const execute = promisify(execFile);
const postsEach = 80;

/**
 * Database and data folder are copied in the middle of the work, and a second Galley is started on the copy, beside
 * the first: both find the same posts due. Then the first one is switched off for good, a person says so, and the
 * copy goes on alone.
 */
export const clone: Scenario = async ({ times, ...options }) => {
  const installation = await openInstallation(options);
  let workers = await installation.startWorkers();
  let unasked = 0;
  try {
    for (let round = 1; round <= times; round += 1) {
      installation.say(`${round} of ${times}`);
      const before = await attemptsOf(installation.primary);
      await installation.order(postsEach);
      await attemptsBegin(installation.primary, before.length, postsEach / 4);
      const { server, dataDir } = await copyAll(installation, round);
      const both = await installation.startWorkers({ DATA_DIR: dataDir, DATABASE_URL: urlAt(server.port) });
      await isAtWork(server);
      // The first one. The copy has the same work, and would have done it by then.
      await installation.calmsDown(0);
      if (!(await isQuarantined(server))) unasked += 1;
      await both.close();
      await workers.close();
      await moveTo(installation, server, dataDir);
      workers = await installation.startWorkers();
      await installation.quarantinePasses({ otherIsOff: true });
      await installation.calmsDown(0);
    }
    const judged = await installation.judge();
    const findings: Finding[] = [
      {
        what: "copies that did not ask whether the first one is switched off",
        count: unasked,
        isWrong: true,
      },
    ];
    return { judged, asked: installation.asked, findings };
  } finally {
    await workers.close();
    await installation.close();
  }
};

async function copyAll(
  { primary, directory, harness, startServer }: Installation,
  round: number,
): Promise<{ server: Postgres; dataDir: string }> {
  const folder = join(directory, `copy-${round}`);
  await mkdir(folder);
  await primary.copyTo(folder);
  const dataDir = join(folder, "galley");
  await execute("cp", ["--archive", harness.dataDir, dataDir]);
  return { server: await startServer(folder), dataDir };
}

/** Until workers have had their first look at it. */
async function isAtWork(server: Postgres): Promise<void> {
  const [copied] = await server.query("select beat from installation");
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(100)) {
    const [now] = await server.query("select beat from installation");
    if (now?.["beat"] !== copied?.["beat"]) return;
  }
}

async function isQuarantined(server: Postgres): Promise<boolean> {
  const [row] = await server.query("select quarantined_at is not null as waits from installation");
  return row?.["waits"] === true;
}

/** The first one is off for good: people and workers are at the copy from now on. */
async function moveTo(installation: Installation, server: Postgres, dataDir: string): Promise<void> {
  await installation.primary.stop();
  installation.primary = server;
  installation.forwarder.to(server.port);
  installation.harness.dataDir = dataDir;
  await installation.sendAll();
}
