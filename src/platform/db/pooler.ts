import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { DatabaseError } from "./errors.ts";

/** A setting that only Galley knows. A session's role is kept in the same way. */
const mark = "galley.session";

/** What a session has of itself: the server's process that answers it, and what it was told to remember. */
type Seen = { backend: number; mark: string };

async function see(client: Client): Promise<Seen> {
  const { rows } = await client.query<Seen>(
    `select pg_backend_pid() as backend, coalesce(current_setting('${mark}', true), '') as mark`,
  );
  if (rows[0]) return rows[0];
  throw new TypeError("the server did not tell who answers");
}

async function remember(client: Client): Promise<string> {
  const value = randomUUID();
  await client.query(`select set_config('${mark}', $1, false)`, [value]);
  return value;
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, application_name: "galley migrate" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Refuses (`db.pooler`) a pooler before PostgreSQL whose sessions are none: the role that keeps workspaces apart, the
 * locks and the timeouts of one would be another's. PgBouncer does so with `pool_mode = transaction` or `statement`.
 *
 * Two sessions tell in turns who answers them, one of them twice in a row: with the newest connection first, and with
 * each in its turn, one of them then meets the other's server or a third.
 */
export async function checkSessions(one: Client, url: string): Promise<void> {
  const left = await withClient(url, async (other) => {
    const [first, second] = [await remember(one), await remember(other)];
    const seen = { one: [await see(one)], other: [await see(other)] };
    seen.other.push(await see(other));
    seen.one.push(await see(one));
    const isKept =
      seen.one.every((each) => each.mark === first) && seen.other.every((each) => each.mark === second);
    const [ones, others] = [seen.one, seen.other].map((all) => new Set(all.map(({ backend }) => backend)));
    const isOwn = ones?.size === 1 && others?.size === 1 && ones.isDisjointFrom(others);
    if (!isKept || !isOwn) throw sharedSessions();
    return second;
  });
  // The session has ended: whoever comes next may be given its connection, and nothing of what it was told.
  const next = await withClient(url, see);
  if (next.mark === left) throw unresetSessions();
}

const atPostgres = "name PostgreSQL itself in DATABASE_URL (most often port 5432, where the pooler has 6432)";

function sharedSessions(): DatabaseError {
  return new DatabaseError({
    code: "db.pooler",
    kind: "unavailable",
    message: `A connection pooler stands between Galley and PostgreSQL and gives the statements of one session to several connections, as PgBouncer does with pool_mode = transaction. The role and the settings of a session would reach other sessions, and workspaces would not be kept apart. Either set pool_mode = session for this database, or ${atPostgres}.`,
  });
}

function unresetSessions(): DatabaseError {
  return new DatabaseError({
    code: "db.pooler",
    kind: "unavailable",
    message: `A connection pooler stands between Galley and PostgreSQL and leaves the settings of one session to the next. Either let it reset connections (PgBouncer: server_reset_query = DISCARD ALL), or ${atPostgres}.`,
  });
}
