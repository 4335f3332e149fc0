import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { DatabaseError } from "../errors.ts";

/** "data" as a number. Held by the one Galley that owns a data folder, as long as its connection stands. */
const ownerLock = 0x64_61_74_61;

/** How long the connection of a Galley that was killed this moment may still seem to stand. */
const releaseWithinMs = 3000;

const holder = `
  select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.objid = ${ownerLock} and l.granted`;

/**
 * Makes this process the owner of the data folder, or refuses when another one is. The lock lives in a
 * connection, so the operating system frees it however its owner dies.
 */
export async function becomeOwner(url: string, dataDir: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: `galley process ${process.pid}` });
  client.on("error", () => undefined);
  await client.connect();
  for (const deadline = Date.now() + releaseWithinMs; ; await pause(100)) {
    const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1) as locked", [
      ownerLock,
    ]);
    if (rows[0]?.locked === true) return client;
    if (Date.now() > deadline) break;
  }
  const { rows } = await client.query<{ name: string }>(holder);
  await client.end();
  throw new DatabaseError({
    code: "db.in_use",
    kind: "conflict",
    message: `Another Galley (${rows[0]?.name ?? "unknown"}) uses the data folder ${dataDir}. Stop it first, or set DATA_DIR (and PORT) to start a second one beside it; several processes share one database through DATABASE_URL.`,
  });
}

/**
 * Creates the database that Galley lives in, when it is not there yet. On a connection of its own: the
 * owner's stays open, and would keep the memory that this takes.
 */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
}
