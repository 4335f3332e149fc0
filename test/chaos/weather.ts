import { orderQuarantine } from "#platform/config";
import { sql } from "kysely";
import { setTimeout as pause } from "node:timers/promises";
import type { House } from "./house.ts";
import { everyClass } from "./judge.ts";
import { answerQuestions } from "./person.ts";
import type { Cast, PersonaClass } from "./personas.ts";
import type { Platforms } from "./platforms.ts";

/** What may happen; `npm run chaos -- --only kills,faults` names some. */
export const weatherKinds = ["kills", "stops", "faults", "tokens", "database", "restore", "clock"] as const;
export type WeatherKind = (typeof weatherKinds)[number];

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

export type Weather = {
  asked: Asked;
  databaseCrashes(): number;
  /** How often an operator said that the database was restored. */
  restores(): number;
  storms(): number;
  /** Now; nothing any more once it is calm. */
  crashDatabase(): Promise<void>;
  /** The platforms and the database behave from now on; the person stays. */
  calm(): Promise<void>;
  close(): Promise<void>;
};

const stormEveryMs = 3_000;
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
export function startWeather(options: {
  house: House;
  platforms: Platforms;
  cast: Cast;
  /** The person looks at the platforms; else Galley is told to look once more where it can. */
  looks: boolean;
  kinds: ReadonlySet<WeatherKind>;
  /** How often the database crashes, about, in milliseconds. */
  databaseEveryMs: number;
  /** Nobody looks after anything meanwhile; there is always somebody by default. */
  isAway?: () => boolean;
  random: () => number;
}): Weather {
  const { house, platforms, cast, looks, kinds, databaseEveryMs, isAway = () => false, random } = options;
  const asked: Asked = {
    reconnects: 0,
    looks: 0,
    answers: 0,
    looksByClass: everyClass(() => 0),
    offPage: [],
    why: new Map(),
  };
  const storming = new AbortController();
  const closing = new AbortController();
  let storms = 0;
  let crashes = 0;
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
      house.database.system,
    );
    await Promise.all(
      rows.map(async ({ id, why }) => {
        note(why);
        const channel = house.connected.find((one) => one.id === id);
        // Where the platform does not let anybody in at the moment, the next round is soon.
        const isBack = channel && (await house.reconnect(channel).then(ok, () => false));
        if (isBack) asked.reconnects += 1;
      }),
    );
    await answerQuestions(house, looks, ({ channel, why, readable, byPage }) => {
      // Whatever the addresses and the numbers are.
      note(why.replaceAll(/https?:\S+/gu, "…").replaceAll(/\d+/gu, "N"));
      asked[readable ? "looks" : "answers"] += 1;
      if (!readable || !channel) return;
      asked.looksByClass[cast.classOf(channel)] += 1;
      if (!byPage) asked.offPage.push(`${channel.target.id} [${cast.nameOf(channel)}]: ${why}`);
    });
    const { active, unchecked, reading } = await house.deliveries.quarantine.view();
    if (active && unchecked + reading === 0) await house.deliveries.quarantine.release(house.author);
  }

  /** An operator orders the quarantine beside running workers, as after a restore of the whole machine. */
  async function restore(): Promise<void> {
    await pause(restoreAfterMs * (0.5 + random()), undefined, { signal: storming.signal });
    await orderQuarantine(house.dataDir, new Date());
    restores += 1;
    // Some access was withdrawn since the backup.
    for (const target of platforms.targets) if (random() < 0.5) await target.withdraw();
  }

  async function crashDatabase(): Promise<void> {
    if (storming.signal.aborted) return;
    await house.crashDatabase();
    crashes += 1;
  }

  const loops = [
    every(personEveryMs, closing.signal, person),
    // Autovacuum counts rows to know when to look at a table, and each crash takes its counts away.
    every(analyzeEveryMs, closing.signal, async () => void (await house.admin.query(analyze))),
    ...(kinds.has("faults")
      ? [
          every(stormEveryMs, storming.signal, async () => {
            for (const target of platforms.targets) await target.storm(random);
            storms += 1;
          }),
        ]
      : []),
    ...(kinds.has("tokens")
      ? [
          every(tokensEveryMs, storming.signal, async () => {
            for (const target of platforms.targets) await target.expireTokens();
          }),
        ]
      : []),
    ...(kinds.has("database") ? [every(databaseEveryMs, storming.signal, crashDatabase)] : []),
    ...(kinds.has("restore") ? [restore().catch(() => undefined)] : []),
  ];

  return {
    asked,
    databaseCrashes: () => crashes,
    restores: () => restores,
    storms: () => storms,
    crashDatabase: () => crashDatabase().catch(() => undefined),
    calm: async () => {
      storming.abort();
      await pause(500);
      for (const target of platforms.targets) await target.calm();
    },
    close: async () => {
      storming.abort();
      closing.abort();
      await Promise.all(loops);
    },
  };
}
