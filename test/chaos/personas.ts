import type { JsonObject } from "#kit";
import type { ConnectedChannel, Harness } from "./harness.ts";
import { type Bounds, on, type Random } from "./platforms/target.ts";
import { nearlyAs } from "./words.ts";

/**
 * 1: what Galley was configured to expect. 2: what a careful publisher sees through or asks about. 3: lies that nobody
 * can see.
 */
export type PersonaClass = 1 | 2 | 3;
export const personaClasses: readonly PersonaClass[] = [1, 2, 3];

/** What a person posts by hand on the account before Galley posts a text there, and how long before. */
type Before = { text: string; agoMs: number };

type Kind = {
  class: PersonaClass;
  /** Ids of the platforms where there is such a thing; all that can be read back where absent. */
  on?: readonly string[];
  /** Switches of the emulator (`Persona` in `emulator/persona.ts`). */
  switches(random: Random, bounds: Bounds, platform: string): JsonObject;
  before?(text: string, random: Random): Before | null;
};

const readable = ["x", "linkedin-page", "facebook", "instagram", "mastodon"];
const unreadable = ["linkedin", "telegram"];
const everywhere = [...readable, ...unreadable];
/** Where a platform refuses what stands already. */
const refusing = ["x", "linkedin", "linkedin-page", "facebook"];

/** By which code of `refusal` a platform says so. */
const duplicateCodes: Record<string, string> = { x: "duplicate", "linkedin-page": "422", facebook: "506" };

/** So many posts, whose answers came through, a spell of wrong lists hides. */
const witnesses = 3;

function spells(stale: "empty" | "old", staleHides: number): Kind["switches"] {
  return (_, { windowMs }) => ({
    stale,
    staleHides,
    // A post that has had its window must be in each list.
    staleAfterMs: 2 * windowMs,
    staleMs: 2 * windowMs,
  });
}

function edited(edit: string, platforms: readonly string[] = readable): Kind {
  return { class: 2, on: platforms, switches: () => ({ edit }) };
}

function sometimes(
  share: number,
  before: (text: string, random: Random) => Before,
): NonNullable<Kind["before"]> {
  return (text, random) => (random() < share ? before(text, random) : null);
}

const nothing = () => ({});

/** By their names, which `--persona` takes. */
export const personaKinds: Record<string, Kind> = {
  plain: { class: 1, on: everywhere, switches: nothing },
  "clock behind": { class: 1, switches: () => ({ clockAheadMs: -90_000, pageCap: 6 }) },
  "clock ahead": { class: 1, switches: () => ({ clockAheadMs: 90_000 }) },
  "small pages": { class: 1, switches: (random) => ({ pageCap: random() < 0.5 ? 20 : 6 }) },
  "foreign posts": { class: 1, switches: () => ({ strangers: 0.3, pageCap: 6 }) },
  "failing pages": {
    class: 1,
    switches: () => ({
      pageCap: 6,
      faults: [on("list", "error_before_commit", 0.2), on("list", "lost_answer", 0.1)],
    }),
  },
  "sent twice": { class: 1, on: everywhere, switches: () => ({ faults: [on("create", "sent_twice", 0.1)] }) },
  "retry dates": {
    class: 1,
    on: ["linkedin", "linkedin-page"],
    switches: () => ({ faults: [on("create", "throttle_until", 0.1, { delayMs: 1_000 })] }),
  },

  "clock far behind": { class: 2, switches: () => ({ clockAheadMs: -660_000, pageCap: 6 }) },
  "clock far ahead": { class: 2, switches: () => ({ clockAheadMs: 660_000 }) },
  "other quotes": edited("quotes"),
  "other dashes": edited("dashes"),
  "no emoji selectors": edited("emoji selectors"),
  "zero-width signs": edited("zero-width"),
  "other white space": edited("white space", ["facebook", "linkedin-page"]),
  "shortened links": edited("shortened link", ["linkedin-page"]),
  "cut texts": edited("cut", ["linkedin-page", "facebook"]),
  "escaped texts": edited("escaped", ["linkedin-page", "facebook"]),
  "equal before": {
    class: 2,
    switches: nothing,
    before: sometimes(0.2, (text, random) => ({ text, agoMs: 40_000 + 60_000 * random() })),
  },
  // Where it is out of ours alone, the list holds both; which is which matters where a thread goes on.
  "equal just before": {
    class: 2,
    switches: () => ({ twins: 0.5, twinAfterMs: -3_000, faults: [on("create", "lost_answer", 0.3)] }),
  },
  "equal after": { class: 2, switches: () => ({ twins: 0.2, twinAfterMs: 3_000 }) },
  "near-equal refused": {
    class: 2,
    on: refusing,
    switches: () => ({ refusesNearEqual: true }),
    before: sometimes(0.15, (text, random) => ({ text: nearlyAs(text), agoMs: 40_000 + 60_000 * random() })),
  },
  // As if an equal one had been taken down a moment ago.
  "always a duplicate": {
    class: 2,
    on: Object.keys(duplicateCodes),
    switches: (_random, _bounds, platform) => ({
      faults: [on("create", "refusal", 1, { code: duplicateCodes[platform] ?? "" })],
    }),
  },
  // Its list lies, and its refusals do not.
  "empty, yet refused": {
    class: 2,
    on: Object.keys(duplicateCodes),
    switches: (random, bounds, platform) => ({
      ...spells("empty", 0)(random, bounds, platform),
      // Over two attempts and their windows.
      staleMs: 5 * bounds.windowMs,
      // There, nothing is a witness.
      staleAnswers: true,
      faults: [on("create", "lost_answer", 0.4)],
      refusesNearEqual: true,
    }),
  },
  firewall: { class: 2, on: everywhere, switches: () => ({ faults: [on("create", "firewall_page", 0.1)] }) },
  "empty lists": { class: 2, switches: spells("empty", witnesses) },
  "old lists": { class: 2, switches: spells("old", witnesses) },
  "no keys": { class: 2, on: ["mastodon"], switches: () => ({ ignoresKeys: true }) },

  "after the window": {
    class: 3,
    switches: (random, { windowMs }) => ({
      faults: [
        on("create", "late_commit", 0.08, { delayMs: windowMs + 4_000 + Math.round(4_000 * random()) }),
      ],
    }),
  },
  "empty without witness": { class: 3, switches: spells("empty", 0) },
  "at the same moment": {
    class: 3,
    switches: nothing,
    before: sometimes(0.1, (text, random) => ({ text, agoMs: 2_000 + 6_000 * random() })),
  },
};

export type Cast = {
  classOf(channel: ConnectedChannel): PersonaClass;
  nameOf(channel: ConnectedChannel): string;
  /** A person posts by hand, where the account's persona has it so, before Galley posts this text. */
  before(channel: ConnectedChannel, text: string): Promise<void>;
};

/** Everybody is as the plain faults have it. */
export const nobodyCast: Cast = { classOf: () => 1, nameOf: () => "plain", before: async () => undefined };

/**
 * Gives each account of each platform that knows personas one of them, in turn and from a place that the seed draws, so
 * that all appear; it holds for the whole round.
 *
 * @param names of those that may be given
 */
export async function castPersonas(
  harness: Pick<Harness, "connected">,
  names: readonly string[],
  bounds: Bounds,
  random: Random,
): Promise<Cast> {
  const given = new Map<ConnectedChannel, string>();
  for (const [target, channels] of Map.groupBy(harness.connected, (channel) => channel.target)) {
    if (!target.personas) continue;
    const fitting = names.filter((name) => (personaKinds[name]?.on ?? readable).includes(target.id));
    if (fitting.length === 0) continue;
    const from = Math.floor(random() * fitting.length);
    for (const [number, channel] of channels.entries()) {
      given.set(channel, fitting[(from + number) % fitting.length] ?? "plain");
    }
    const switches = channels.map((channel) => {
      const kind = personaKinds[given.get(channel) ?? ""];
      return [channel.account, kind?.switches(random, bounds, target.id) ?? {}] as const;
    });
    await target.personas.set(Object.fromEntries(switches));
  }
  return {
    classOf: (channel) => personaKinds[given.get(channel) ?? ""]?.class ?? 1,
    nameOf: (channel) => given.get(channel) ?? "plain",
    before: async (channel, text) => {
      const post = personaKinds[given.get(channel) ?? ""]?.before?.(text, random) ?? null;
      if (post !== null)
        await channel.target.personas?.post(channel.account, post.text, Math.round(post.agoMs));
    },
  };
}
