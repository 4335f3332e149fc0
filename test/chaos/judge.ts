import { sql } from "kysely";
import type { Written } from "./author.ts";
import type { Harness } from "./harness.ts";
import { type Cast, type PersonaClass, personaClasses } from "./personas.ts";
import { shown, type Target, type Visible } from "./platforms.ts";

/** Everything that Galley must never do. */
export const harms = [
  "lost",
  "duplicated",
  "falsely failed",
  "falsely published",
  "unapproved",
  "misthreaded",
  "endless",
  "unhandled",
] as const;
export type Harm = (typeof harms)[number];
type Counts<What extends string> = Record<What, number>;

/** What went wrong on accounts of each class; `examples` name the first of it. */
export type Verdict = { byClass: Record<PersonaClass, Counts<Harm>>; examples: string[] };

export type Outcome = {
  verdict: Verdict;
  /** What was refused and what has not come to an end, one line each. */
  remarks: string[];
  /** Variants that ended as confirmed, refused with reason, or with a person. */
  confirmed: number;
  refused: number;
  /** Items that are out, and that Galley knows by the address of an equal post that a person made beside them. */
  underTwins: number;
  /** Variants whose worker died or stood still while it held them. */
  hit: number;
  /** The same, and those with an answer that was lost, by class. */
  hitByClass: Record<PersonaClass, number>;
  /** Of those with an attempt whose answer was lost: settled by reading back. */
  readBack: number;
  provenAbsent: number;
};

type Live = { item: number; externalId: string | null };
type Row = {
  postId: string;
  channelId: string;
  state: string;
  error: string | null;
  /** Items that Galley says are live. */
  live: Live[];
};

/** Why variants wait, in Galley's own words, and how often. */
export async function reasons({ database }: Harness): Promise<string[]> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select concat_ws(': ', state, error_code, error_message) as reason, count(*) as count from deliveries
    where state not in ('confirmed', 'cancelled') and due_at <= clock_timestamp()
    group by reason order by count desc limit 10`.execute(database.system);
  return rows.map(({ reason, count }) => `${count} x ${reason}`);
}

/** Variants that have not come to an end yet, by state: what is due, and what soon is, which is no decoy. */
export async function unsettled({ database }: Harness): Promise<Map<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from deliveries
    where state not in ('confirmed', 'rejected', 'missed', 'cancelled')
      and due_at <= clock_timestamp() + interval '5 minutes' group by state`.execute(database.system);
  return new Map(rows.map(({ state, count }) => [state, count]));
}

/** Events that somebody has yet to handle, that the audit log has not exactly once, and posts that show another outcome. */
async function unhandled({ database }: Harness): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select
      (select count(*) from events e join event_heads h on h.workspace_id = e.workspace_id
        where e.sequence is null or e.sequence > h.settled_sequence) as "not handled",
      (select count(*) from event_failures) as "put aside",
      (select count(*) from events e where e.audited
        and (select count(*) from audit_events a where a.workspace_id = e.workspace_id and a.id = e.id)
          + (select count(*) from installation_events i where i.id = e.id) <> 1) as "not once in the audit log",
      (select count(*) from posts p where p.status <> 'published'
        and exists (select from deliveries d where d.post_id = p.id and d.state = 'confirmed')
        and not exists (select from deliveries d where d.post_id = p.id and d.state <> 'confirmed')) as "live unseen"
    `.execute(database.system);
  return rows[0] ?? {};
}

const ends = new Set(["confirmed", "rejected", "missed", "cancelled"]);
/** It waits for a person, and says so. */
const asks = new Set(["needs_human", "needs_reconnect"]);

/** Compares what the platforms' journals hold with what was approved and with what Galley says became of it. */
export async function judge(
  harness: Harness,
  written: Written,
  targets: Target[],
  cast: Cast,
): Promise<Outcome> {
  const rows = await readRows(harness);
  const told = new Map(rows.map((row) => [`${row.postId} ${row.channelId}`, row]));
  const journals = new Journals();
  for (const target of targets) journals.add(target, await target.journal(harness));
  const accounts = new Map(
    harness.connected.map((channel) => [
      `${channel.target.id}/${channel.account}`,
      { persona: cast.nameOf(channel), class: cast.classOf(channel) },
    ]),
  );
  const verdict: Verdict = { byClass: everyClass(() => zeros(harms)), examples: [] };
  function wrong(what: Harm, times: number, key: string, example: string): void {
    if (times <= 0) return;
    const account = accounts.get(accountIn(key));
    verdict.byClass[account?.class ?? 1][what] += times;
    if (verdict.examples.length < 40) {
      verdict.examples.push(`${what} [${account?.persona ?? "plain"}]: ${example}`);
    }
  }
  const remarks: string[] = [];
  for (const [what, times] of Object.entries(await unhandled(harness))) {
    wrong("unhandled", times, "", `${times} ${what}`);
  }

  const wanted = new Map<string, number>();
  const underWay = new Set<string>();
  const live = new Map<string, number>();
  /** Items that Galley says are live under an address where something else stands. */
  const elsewhere = new Map<string, number>();
  let underTwins = 0;
  let confirmed = 0;
  let refused = 0;
  for (const { postId, channel, texts } of written.wanted) {
    const row = told.get(`${postId} ${channel.id}`);
    const keys = texts.map((text) => keyOf(channel.target, { account: channel.account, text }));
    const persona = `[${cast.nameOf(channel)}]`;
    const first = keys[0] ?? "";
    for (const key of keys) count(wanted, key);
    for (const { item, externalId } of row?.live ?? []) {
      const key = keys[item] ?? "";
      count(live, key);
      const found = externalId === null ? "ours" : journals.whatIs(key, externalId);
      if (found === "another") count(elsewhere, key);
      if (found === "equal by hand") underTwins += 1;
    }
    if (row?.state === "confirmed") confirmed += 1;
    else if (row?.state === "rejected") {
      refused += 1;
      remarks.push(`refused: ${first} ${persona} is ${row.state} (${row.error})`);
    } else if (row && !ends.has(row.state)) {
      // What is visible of it nobody has denied.
      for (const key of keys) underWay.add(key);
      remarks.push(`not settled: ${first} ${persona} is ${row.state} (${row.error})`);
      if (!asks.has(row.state)) wrong("endless", 1, first, `${first} is ${row.state} (${row.error})`);
    } else wrong("lost", 1, first, `${first} is ${row?.state ?? "nowhere"} (${row?.error})`);
    for (const example of journals.misthreaded(keys)) wrong("misthreaded", 1, first, example);
  }
  for (const [key, times] of wanted) {
    const seen = journals.ours(key);
    const said = live.get(key) ?? 0;
    const example = `${key} is visible ${seen} times, wanted ${times}, Galley says ${said}`;
    const misled = Math.max(said - seen, elsewhere.get(key) ?? 0);
    wrong("falsely published", misled, key, `${example}, under another's address ${elsewhere.get(key) ?? 0}`);
    if (seen <= times && underWay.has(key)) continue;
    if (seen > times) wrong("duplicated", seen - times, key, example);
    else wrong("falsely failed", seen - said, key, example);
  }
  for (const [key, seen] of journals.counts()) if (!wanted.has(key)) wrong("unapproved", seen, key, key);
  const hits = await crashes(harness, cast);
  return { verdict, remarks, confirmed, refused, underTwins, ...hits };
}

/** What people can see, by who made it. */
class Journals {
  readonly #ours = new Map<string, Visible[]>();
  readonly #byId = new Map<string, { key: string; post: Visible }>();

  add(target: Target, posts: readonly Visible[]): void {
    for (const post of posts) {
      const key = keyOf(target, { ...post, text: shown(post.text, post.altTexts) });
      for (const id of post.ids) this.#byId.set(`${target.id}/${post.account} ${id}`, { key, post });
      if (post.from === "galley") this.#ours.set(key, [...(this.#ours.get(key) ?? []), post]);
    }
  }

  ours(key: string): number {
    return this.#ours.get(key)?.length ?? 0;
  }

  counts(): [string, number][] {
    return [...this.#ours].map(([key, posts]) => [key, posts.length]);
  }

  /** What stands under an id: what the platform copied is as good as what Galley sent. */
  whatIs(key: string, id: string): "ours" | "equal by hand" | "another" {
    const found = this.#byId.get(`${accountIn(key)} ${id}`);
    if (found !== undefined && found.key !== key) return "another";
    return found?.post.from === "person" ? "equal by hand" : "ours";
  }

  /** Parts that answer what is no part of their own thread, or the same part as another one. */
  misthreaded(keys: readonly string[]): string[] {
    return keys.slice(1).flatMap((key) => {
      const answers = (this.#ours.get(key) ?? []).filter(({ inReplyTo }) => inReplyTo !== null);
      const parents = answers.map(({ inReplyTo }) => `${accountIn(key)} ${inReplyTo ?? ""}`);
      const strange = parents.filter((parent) => {
        const found = this.#byId.get(parent);
        return found === undefined || found.post.from === "person" || !keys.includes(found.key);
      });
      const twice = parents.length - new Set(parents).size;
      return [
        ...strange.map((parent) => `${key} answers ${parent}`),
        ...(twice > 0 ? [`${key} stands ${twice + 1} times under one part`] : []),
      ];
    });
  }
}

async function readRows({ database }: Harness): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select d.post_id as "postId", d.channel_id as "channelId", d.state, d.error_code as error,
      coalesce((select json_agg(json_build_object('item', a.item, 'externalId', a.external_id))
        from delivery_attempts a where a.delivery_id = d.id and a.state = 'confirmed'), '[]') as live
    from deliveries d where d.state <> 'cancelled'`.execute(database.system);
  return rows;
}

type Hits = Pick<Outcome, "hit" | "hitByClass" | "readBack" | "provenAbsent">;

async function crashes({ admin, connected }: Harness, cast: Cast): Promise<Hits> {
  const { rows } = await admin.query<Omit<Hits, "hitByClass">>(`
    select (select count(distinct delivery_id) from chaos.hits) as hit,
      count(*) filter (where settled_by = 'located' and state = 'confirmed') as "readBack",
      count(*) filter (where state = 'absent_proven') as "provenAbsent"
    from delivery_attempts`);
  const { rows: hits } = await admin.query<{ channelId: string; hit: number }>(`
    select d.channel_id as "channelId", count(*) as hit from deliveries d
    where exists (select from chaos.hits h where h.delivery_id = d.id)
      or exists (select from delivery_attempts a where a.delivery_id = d.id
        and a.error_code is distinct from 'delivery.restored' and (a.looks > 0 or a.state in ('ambiguous', 'absent_proven') or a.settled_by <> 'answer'))
    group by d.channel_id`);
  const hitByClass = everyClass(() => 0);
  for (const { channelId, hit } of hits) {
    const channel = connected.find(({ id }) => id === channelId);
    if (channel) hitByClass[cast.classOf(channel)] += hit;
  }
  return { ...(rows[0] ?? { hit: 0, readBack: 0, provenAbsent: 0 }), hitByClass };
}

export function everyClass<Value>(of: () => Value): Record<PersonaClass, Value> {
  const [one, two, three] = personaClasses.map(of) as [Value, Value, Value];
  return { 1: one, 2: two, 3: three };
}

function zeros<What extends string>(names: readonly What[]): Counts<What> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Counts<What>;
}

function keyOf(target: Target, { account, text }: Pick<Visible, "account" | "text">): string {
  return `${target.id}/${account}: ${text}`;
}

/** The part of a key that names the account. */
function accountIn(key: string): string {
  return key.slice(0, key.indexOf(": "));
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
