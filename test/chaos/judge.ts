import { sql } from "kysely";
import type { Written } from "./author.ts";
import type { House } from "./house.ts";
import { shown, type Target, type Visible } from "./platforms.ts";

/** What went wrong, counted; all of it has to be 0. `examples` name the first of them. */
type Verdict = {
  lost: number;
  duplicated: number;
  falselyFailed: number;
  unapproved: number;
  examples: string[];
};

export type Outcome = {
  verdict: Verdict;
  /** What was refused and what has not come to an end, one line each. */
  remarks: string[];
  /** Variants that ended as confirmed, refused with reason, or with a person. */
  confirmed: number;
  refused: number;
  /** Variants whose worker died or stood still while it held them. */
  hit: number;
  /** Of those with an attempt whose answer was lost: settled by reading back. */
  readBack: number;
  provenAbsent: number;
};

type Row = {
  postId: string;
  channelId: string;
  state: string;
  /** Items that Galley says are live. */
  live: number;
  error: string | null;
};

/** Why variants wait, in Galley's own words, and how often. */
export async function reasons({ database }: House): Promise<string[]> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select concat_ws(': ', state, error_code, error_message) as reason, count(*) as count from deliveries
    where state not in ('confirmed', 'cancelled') and due_at <= clock_timestamp()
    group by reason order by count desc limit 10`.execute(database.system);
  return rows.map(({ reason, count }) => `${count} x ${reason}`);
}

/** Variants that have not come to an end yet, by state. */
export async function unsettled({ database }: House): Promise<Map<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from deliveries
    where state not in ('confirmed', 'rejected', 'missed', 'cancelled')
      and due_at <= clock_timestamp() group by state`.execute(database.system);
  return new Map(rows.map(({ state, count }) => [state, count]));
}

const ends = new Set(["confirmed", "rejected", "missed", "cancelled"]);

/** Compares what the platforms' journals hold with what was approved and with what Galley says became of it. */
export async function judge(house: House, written: Written, targets: Target[]): Promise<Outcome> {
  const { rows } = await sql<Row>`
    select d.post_id as "postId", d.channel_id as "channelId", d.state, d.error_code as error,
      (select count(*) from delivery_attempts a where a.delivery_id = d.id and a.state = 'confirmed') as live
    from deliveries d where d.state <> 'cancelled'`.execute(house.database.system);
  const told = new Map(rows.map((row) => [`${row.postId} ${row.channelId}`, row]));
  const visible = new Map<string, number>();
  for (const target of targets) {
    for (const seen of await target.journal(house)) {
      count(visible, keyOf(target, { ...seen, text: shown(seen.text, seen.altTexts) }));
    }
  }
  const verdict: Verdict = { lost: 0, duplicated: 0, falselyFailed: 0, unapproved: 0, examples: [] };
  function wrong(what: Exclude<keyof Verdict, "examples">, times: number, example: string): void {
    verdict[what] += times;
    if (verdict.examples.length < 20) verdict.examples.push(`${what}: ${example}`);
  }
  const remarks: string[] = [];

  const wanted = new Map<string, number>();
  const underWay = new Set<string>();
  const live = new Map<string, number>();
  let confirmed = 0;
  let refused = 0;
  for (const { postId, channel, texts } of written.wanted) {
    const row = told.get(`${postId} ${channel.id}`);
    const keys = texts.map((text) => keyOf(channel.target, { account: channel.account, text }));
    for (const [item, key] of keys.entries()) {
      count(wanted, key);
      if (row && item < row.live) count(live, key);
    }
    if (row?.state === "confirmed") confirmed += 1;
    else if (row?.state === "rejected") {
      refused += 1;
      remarks.push(`refused: ${keys[0]} is ${row.state} (${row.error})`);
    } else if (row && !ends.has(row.state)) {
      // Counted as not settled; what is visible of it nobody has denied.
      for (const key of keys) underWay.add(key);
      remarks.push(`not settled: ${keys[0]} is ${row.state} (${row.error})`);
    } else wrong("lost", 1, `${keys[0]} is ${row?.state ?? "nowhere"} (${row?.error})`);
  }
  for (const [key, times] of wanted) {
    const seen = visible.get(key) ?? 0;
    const said = live.get(key) ?? 0;
    if (seen <= times && underWay.has(key)) continue;
    if (seen > times) wrong("duplicated", seen - times, `${key} is visible ${seen} times, wanted ${times}`);
    else if (seen > said)
      wrong("falselyFailed", seen - said, `${key} is visible ${seen} times, Galley says ${said}`);
    if (said > seen) wrong("lost", said - seen, `${key} is visible ${seen} times, Galley says ${said}`);
  }
  for (const [key, seen] of visible) if (!wanted.has(key)) wrong("unapproved", seen, key);
  return { verdict, remarks, confirmed, refused, ...(await crashes(house)) };
}

async function crashes({ admin }: House): Promise<Pick<Outcome, "hit" | "readBack" | "provenAbsent">> {
  const { rows } = await admin.query<Pick<Outcome, "hit" | "readBack" | "provenAbsent">>(`
    select (select count(distinct delivery_id) from chaos.hits) as hit,
      count(*) filter (where settled_by = 'located' and state = 'confirmed') as "readBack",
      count(*) filter (where state = 'absent_proven') as "provenAbsent"
    from delivery_attempts`);
  return rows[0] ?? { hit: 0, readBack: 0, provenAbsent: 0 };
}

function keyOf(target: Target, { account, text }: Pick<Visible, "account" | "text">): string {
  return `${target.id}/${account}: ${text}`;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
