import { z } from "zod";
import type { JsonObject } from "#kit";
import type { Database } from "#platform/db";
import { send } from "../../acceptance/client.ts";

export type Random = () => number;

/** One thing that people can see on a platform. */
export type Visible = {
  /** As what Galley may know it; empty where nobody can tell. */
  ids: string[];
  account: string;
  text: string;
  /** Of its pictures, where the platform shows them. */
  altTexts: string[];
  /** Where a person who looks for it finds it. */
  url: string;
  /** What it stands under. */
  inReplyTo: string | null;
  /** Galley's; a person's by hand; or the platform's own second copy. */
  from: "galley" | "person" | "platform";
};

/** What a platform with one account in mind can be told. */
type Personas = {
  /** What each account is like, by its name in the journal. */
  set(switches: Record<string, JsonObject>): Promise<void>;
  /** A person posts by hand, `agoMs` ago by the account's clock. */
  post(account: string, text: string, agoMs: number): Promise<void>;
};

/** A text with the descriptions of its pictures, as one thing to compare. */
export function shown(text: string, altTexts: readonly string[]): string {
  const described = altTexts.filter((altText) => altText !== "");
  return [text, ...described.map((altText) => `[${altText}]`)].join(" ");
}

/** What a person does to connect an account. */
export type Access =
  | { kind: "form"; form: Record<string, string> }
  | {
      kind: "consent";
      /** Answered before the consent page, as the address of a server. */
      before: Record<string, string>;
      /** Filled in at the consent page. */
      page: Record<string, string>;
      /** Of several accounts that a consent opens, the place of the one that is picked. */
      pick: number;
    };

/** A platform under test. To add one: a file beside this one, its emulator, and its line in `all` of `index.ts`. */
export type Target = {
  /** The connector. */
  id: string;
  /** Accounts that are connected there. */
  accounts: number;
  /** How often the author picks it: its part of the sum of all. */
  weight: number;
  /** The connector's own options for a text. */
  options(text: string): JsonObject;
  /** True where there is no post without a picture. */
  needsImage: boolean;
  /** Its journal tells the descriptions of pictures. */
  describes: boolean;
  /** Now and then two posts say the same; false where no platform would take the second. */
  repeats: boolean;
  access(number: number): Access;
  /** As what its journal knows an account; null: by the id that Galley knows. */
  account(number: number): string | null;
  /** Settings of its connector. */
  settings: JsonObject;
  /** The app that the workspace brings for it; null: the installation's. */
  ownApp: Record<string, string> | null;
  /** Readies the platform before anybody connects. */
  prepare(): Promise<void>;
  /** The schedule for a while; `calm` ends it. */
  burst(random: Random): Promise<void>;
  calm(): Promise<void>;
  expireTokens(): Promise<void>;
  /** Ends all access, as people who look through what they have granted. */
  withdraw(): Promise<void>;
  /** Everything that is visible or will be, from the platform's own journal. */
  journal(harness: { database: Database }): Promise<Visible[]>;
  /** The address of a post as people copy it from the real platform. */
  asShown(url: string): string;
  /** Null where all accounts are alike. */
  personas: Personas | null;
};

export type Bounds = {
  /** How long one commit may take. */
  deadlineMs: number;
  /** After this long, absence counts as proof. */
  windowMs: number;
  /** How long after the answer was lost a platform may still bring a post up: below `windowMs - deadlineMs`. */
  latestMs: number;
};

export type FaultSwitch = {
  on: string;
  kind: string;
  chance: number;
  delayMs: number;
  code: string;
  remaining: null;
};

export function on(
  operation: string,
  kind: string,
  chance: number,
  { delayMs = 0, code = "" } = {},
): FaultSwitch {
  return { on: operation, kind, chance, delayMs, code, remaining: null };
}

/** Up to this share of the requests. */
export function share(random: Random, most: number): number {
  return Math.round(random() * most * 1_000) / 1_000;
}

/** Every fault that all emulators know, each with its share of the requests. */
export function burstOf({ latestMs, deadlineMs }: Bounds, random: Random): FaultSwitch[] {
  const most = (chance: number) => share(random, chance);
  return [
    on("create", "lost_answer", most(0.08)),
    on("create", "cut_answer", most(0.06)),
    on("create", "error_after_commit", most(0.06)),
    on("create", "error_before_commit", most(0.06)),
    on("create", "reset_before_commit", most(0.06)),
    on("create", "late_commit", most(0.08), { delayMs: latestMs }),
    on("create", "listing_lag", most(0.08), { delayMs: latestMs }),
    on("create", "garbled", most(0.04)),
    on("create", "slow", most(0.2), { delayMs: 150 }),
    on("create", "slow", most(0.01), { delayMs: deadlineMs + 200 }),
    on("create", "slow_body", most(0.05), { delayMs: 150 }),
    on("create", "slow_body", most(0.01), { delayMs: deadlineMs + 200 }),
    on("list", "slow", most(0.1), { delayMs: 200 }),
    on("list", "garbled", most(0.05)),
    on("list", "error_before_commit", most(0.05)),
    on("list", "cut_answer", most(0.05)),
    on("list", "reordered_listing", most(0.1)),
    on("media", "error_after_commit", most(0.1)),
    on("media", "lost_answer", most(0.1)),
    on("media", "cut_answer", most(0.05)),
    on("media", "slow_body", most(0.1), { delayMs: 100 }),
    on("token", "slow", most(0.3), { delayMs: 300 }),
    on("token", "reset_before_commit", most(0.02)),
    on("token", "lost_answer", most(0.02)),
  ];
}

/** For the short time that a platform's own words can name. */
export function throttles(random: Random): FaultSwitch[] {
  const [create, other] = [share(random, 0.04), share(random, 0.05)];
  return [
    on("create", "throttle", create, { delayMs: 1_000 }),
    ...["list", "media", "token"].map((operation) => on(operation, "throttle", other, { delayMs: 1_000 })),
  ];
}

export async function setFaults(url: string, faults: readonly object[]): Promise<void> {
  await control(url, "PUT", "/control/faults", { faults });
}

/** One control request; throws unless it was taken. */
export async function control(url: string, method: string, path: string, body: object = {}): Promise<void> {
  const reply = await send(url, { method, path, body });
  if (reply.status !== 200)
    throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
}

const journalSchema = z.object({
  posts: z.array(
    z.object({
      id: z.string(),
      account: z.string(),
      text: z.string(),
      altTexts: z.array(z.string()),
      inReplyTo: z.string().nullable(),
      url: z.string(),
      ghost: z.boolean(),
      byHand: z.boolean().default(false),
      details: z.looseObject({ video: z.string().optional() }).optional(),
    }),
  ),
});

/** The journal of an emulator. */
export async function readJournal(url: string): Promise<Visible[]> {
  const { body } = await send(url, { path: "/control/journal" });
  return journalSchema.parse(body).posts.map(({ id, ghost, byHand, details, ...post }) => ({
    ...post,
    ids: details?.video === undefined ? [id] : [id, details.video],
    from: byHand ? "person" : ghost ? "platform" : "galley",
  }));
}
