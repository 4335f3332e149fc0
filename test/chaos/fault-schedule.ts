import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { orderQuarantine } from "#platform/config";
import type { Harness } from "./harness.ts";
import { everyClass } from "./judge.ts";
import { answerQuestions } from "./person.ts";
import type { Cast, PersonaClass } from "./personas.ts";
import type { Platforms } from "./platforms.ts";

/** What may happen; `npm run chaos -- --only kills,faults` names some. */
export const faultKinds = ["kills", "stops", "faults", "tokens", "database", "restore", "clock"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How often a person was needed. */
export type Asked = {
  reconnects: number;
  /** Asked what became of a post although its platform can be read back. */
  looks: number;
  /** The same where nobody but a person can look. */
  answers: number;
  /** Of the looks, by class, and those of them that the page alone did not answer. */
  looksByClass: Record<PersonaClass, number>;
  offPage: string[];
  why: Map<string, number>;
};

export type FaultSchedule = {
  asked: Asked;
  databaseCrashes(): number;
  /** Whether nothing is sent at the moment, as the person has seen last. */
  isQuarantined(): boolean;
  /** How often an operator said that the database was restored. */
  restores(): number;
  faultBursts(): number;
  /** Now; nothing any more once it is calm. */
  crashDatabase(): Promise<void>;
  /** The platforms and the database behave from now on; the person stays. */
  calm(): Promise<void>;
  close(): Promise<void>;
};

const burstEveryMs = 3_000;
// Less than every 30 s for one account: a second refusal within that time is for a person.
const tokensEveryMs = 60_000;
const personEveryMs = 1_000;
const analyzeEveryMs = 25_000;
/** By a look at a tenth of the usual sample. */
const analyze = "set default_statistics_target = 10; analyze";
const ok = () => true;
/** Once in a run: nothing is sent until everything that was due has been looked up. */
const restoreAfterMs = 12_000;

/** Changes the platforms' faults, expires tokens, crashes the database, and plays the person who is asked. */
export function startFaultSchedule(options: {
  harness: Harness;
  platforms: Platforms;
  cast: Cast;
  /** The person looks at the platforms; else Galley is told to look once more where it can. */
  looks: boolean;
  kinds: ReadonlySet<FaultKind>;
  /** How often the database crashes, about, in milliseconds. */
  databaseEveryMs: number;
  /** Nobody looks after anything meanwhile; there is always somebody by default. */
  isAway?: () => boolean;
  random: () => number;
}): FaultSchedule {
  const { harness, platforms, cast, looks, kinds, databaseEveryMs, isAway = () => false, random } = options;
  const asked: Asked = {
    reconnects: 0,
    looks: 0,
    answers: 0,
    looksByClass: everyClass(() => 0),
    offPage: [],
    why: new Map(),
  };
  const disturbing = new AbortController();
  const closing = new AbortController();
  let faultBursts = 0;
  let crashes = 0;
  let isQuarantined = false;
  let restores = 0;

  async function every(ms: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await pause(ms * (0.5 + random()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // The database may be away, or a platform refuse: the next time, then.
      await work().catch(() => undefined);
    }
  }

  function note(why: string): void {
    asked.why.set(why, (asked.why.get(why) ?? 0) + 1);
  }

  async function person(): Promise<void> {
    if (isAway()) return;
    const { rows } = await sql<{ id: string; why: string }>`
      select id, status_reason as why from channels where status = 'needs_reconnect' limit 10`.execute(
      harness.database.system,
    );
    await Promise.all(
      rows.map(async ({ id, why }) => {
        note(why);
        const channel = harness.connected.find((one) => one.id === id);
        // Where the platform does not let anybody in at the moment, the next round is soon.
        const isBack = channel && (await harness.reconnect(channel).then(ok, () => false));
        if (isBack) asked.reconnects += 1;
      }),
    );
    await answerQuestions(harness, looks, ({ channel, why, readable, byPage }) => {
      // Whatever the addresses and the numbers are.
      note(why.replaceAll(/https?:\S+/gu, "…").replaceAll(/\d+/gu, "N"));
      asked[readable ? "looks" : "answers"] += 1;
      if (!readable || !channel) return;
      asked.looksByClass[cast.classOf(channel)] += 1;
      if (!byPage) asked.offPage.push(`${channel.target.id} [${cast.nameOf(channel)}]: ${why}`);
    });
    const { active, unchecked, reading } = await harness.deliveries.quarantine.view();
    isQuarantined = active;
    if (active && unchecked + reading === 0) await harness.deliveries.quarantine.release(harness.author);
  }

  /** An operator orders the quarantine beside running workers, as after a restore of the whole machine. */
  async function restore(): Promise<void> {
    await pause(restoreAfterMs * (0.5 + random()), undefined, { signal: disturbing.signal });
    await orderQuarantine(harness.dataDir, new Date());
    restores += 1;
    // Some access was withdrawn since the backup.
    for (const target of platforms.targets) if (random() < 0.5) await target.withdraw();
  }

  async function crashDatabase(): Promise<void> {
    if (disturbing.signal.aborted) return;
    await harness.crashDatabase();
    crashes += 1;
  }

  const loops = [
    every(personEveryMs, closing.signal, person),
    // Autovacuum counts rows to know when to look at a table, and each crash takes its counts away.
    every(analyzeEveryMs, closing.signal, async () => void (await harness.admin.query(analyze))),
    ...(kinds.has("faults")
      ? [
          every(burstEveryMs, disturbing.signal, async () => {
            for (const target of platforms.targets) await target.burst(random);
            faultBursts += 1;
          }),
        ]
      : []),
    ...(kinds.has("tokens")
      ? [
          every(tokensEveryMs, disturbing.signal, async () => {
            for (const target of platforms.targets) await target.expireTokens();
          }),
        ]
      : []),
    ...(kinds.has("database") ? [every(databaseEveryMs, disturbing.signal, crashDatabase)] : []),
    ...(kinds.has("restore") ? [restore().catch(() => undefined)] : []),
  ];

  return {
    asked,
    databaseCrashes: () => crashes,
    isQuarantined: () => isQuarantined,
    restores: () => restores,
    faultBursts: () => faultBursts,
    crashDatabase: () => crashDatabase().catch(() => undefined),
    calm: async () => {
      disturbing.abort();
      await pause(500);
      for (const target of platforms.targets) await target.calm();
    },
    close: async () => {
      disturbing.abort();
      closing.abort();
      await Promise.all(loops);
    },
  };
}
