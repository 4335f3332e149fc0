import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeLongestPause } from "./beats.ts";
import { type Forwarder, startForwarder } from "./forwarder.ts";
import { attemptsBegin, attemptsOf, type Installation, openInstallation } from "./installation.ts";
import type { Finding, Scenario } from "./scenario.ts";
import type { Postgres } from "./server.ts";

const postsEach = 120;
/** So many posts are on their way when anything happens. */
const few = 4;
const stillOpen = 30;
const [leastLagMs, mostLagMs] = [300, 780];

type Standby = { server: Postgres; link: Forwarder };

/**
 * The primary dies and its asynchronous standby takes over, again and again: every second time without what was
 * committed in the last 300 to 780 ms, and every third time together with all workers.
 */
export const promotion: Scenario = async ({ times, ...options }) => {
  const installation = await openInstallation(options);
  const { random, forwarder } = installation;
  let standby = await addStandby(installation, 0);
  let workers = await installation.startWorkers();
  let forgotten = 0;
  let unnoticed = 0;
  try {
    for (let round = 1; round <= times; round += 1) {
      installation.say(`${round} of ${times}`);
      const losesCommits = round % 2 === 1;
      const before = await attemptsOf(installation.primary);
      await installation.order(postsEach);
      await caughtUp(installation.primary, standby.server);
      await attemptsBegin(installation.primary, before.length, few);
      const known = await fallBehind(installation.primary, standby, losesCommits, random);
      const isWholeMachine = round % 3 === 0;
      const dying: Promise<unknown>[] = [installation.primary.kill()];
      if (isWholeMachine) dying.push(workers.close());
      await Promise.all(dying);
      await standby.server.query("select pg_promote(true, 30)");
      const kept = new Set(await attemptsOf(standby.server));
      const lost = known.attempts.filter((id) => !kept.has(id)).length;
      if (losesCommits) forgotten += lost;
      if (losesCommits && lost > 0 && known.beat === (await beatOf(standby.server))) unnoticed += 1;
      installation.primary = standby.server;
      forwarder.to(standby.server.port);
      await standby.link.close();
      await installation.sendAll();
      if (isWholeMachine) workers = await installation.startWorkers();
      standby = await addStandby(installation, round);
      await installation.calmsDown(stillOpen);
    }
    const judged = await installation.judge();
    const findings: Finding[] = [
      { what: "attempts that a promoted standby had never heard of", count: forgotten },
      { what: "promotions that lost attempts and no beat", count: unnoticed },
    ];
    if (forgotten === 0)
      findings.push({ what: "no commit was lost, so this proved nothing", count: 1, isWrong: true });
    return { judged, asked: installation.asked, findings };
  } finally {
    await workers.close();
    await standby.link.close();
    await installation.close();
  }
};

/** A copy of the primary that follows it, through a forwarder that can be cut. */
async function addStandby(
  { primary, directory, startServer }: Installation,
  round: number,
): Promise<Standby> {
  const folder = join(directory, `standby-${round}`);
  await primary.copyTo(folder);
  const link = await startForwarder(primary.port);
  return { server: await startServer(folder, link.port), link };
}

/** Until the standby shows all that was committed up to now. */
async function caughtUp(primary: Postgres, standby: Postgres): Promise<void> {
  const [now] = await primary.query("select pg_current_wal_lsn() as position");
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await pause(20)) {
    const [seen] = await standby.query("select pg_last_wal_replay_lsn() >= $1 as reached", [
      now?.["position"],
    ]);
    if (seen?.["reached"] === true) return;
  }
  throw new Error("the standby does not follow its primary");
}

/** Lets the primary go on for a while, without its standby or with it. Returns what it knew in the end. */
async function fallBehind(
  primary: Postgres,
  { server, link }: Standby,
  losesCommits: boolean,
  random: () => number,
): Promise<{ attempts: string[]; beat: unknown }> {
  if (losesCommits) await beforeLongestPause(server);
  else await waitForStandby(primary);
  const before = await attemptsOf(primary);
  if (losesCommits) link.cut();
  await pause(leastLagMs + random() * (mostLagMs - leastLagMs));
  // On a slow machine nothing may have been sent in that time.
  if (losesCommits) await attemptsBegin(primary, before.length, few);
  return { attempts: await attemptsOf(primary), beat: await beatOf(primary) };
}

async function beatOf(server: Postgres): Promise<unknown> {
  const [row] = await server.query("select beat from installation");
  return row?.["beat"];
}

/** From now on nothing counts as committed before the standby has it. */
async function waitForStandby(primary: Postgres): Promise<void> {
  await primary.query("alter system set synchronous_standby_names = '*'");
  await primary.query("select pg_reload_conf()");
}
