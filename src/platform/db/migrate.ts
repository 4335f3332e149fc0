import { readdir, readFile } from "node:fs/promises";
import { Client } from "pg";
import { sha256 } from "#kit";
import { DatabaseError, isDatabaseUnavailable, sqlState } from "./errors.ts";
import { checkSessions } from "./pooler.ts";

const migrationsFolder = new URL("./migrations/", import.meta.url);

/** "galley" as a number: every process that migrates this database waits for the same lock. */
const migrationLock = 0x67_61_6c_6c;

/** The oldest server that works (`server_version_num`). */
const oldestServer = 150_000;

type Migration = { name: string; text: string; checksum: string };

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, migrationsFolder), "utf8");
      return { name, text, checksum: sha256(text) };
    }),
  );
}

/** SHA-256 over all migrations: changes whenever a migrated database would differ. */
export async function migrationsHash(): Promise<string> {
  const migrations = await readMigrations();
  return sha256(migrations.map(({ name, checksum }) => `${name} ${checksum}\n`).join(""));
}

async function checkServer(client: Client): Promise<void> {
  const answer = await client.query<{ version: number; name: string; may_create_roles: boolean }>(`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)
      or (select count(*) = 2 from pg_roles where rolname in ('galley_app', 'galley_system')
        and pg_has_role(current_user, oid, 'member')) as may_create_roles`);
  const server = answer.rows[0];
  if (!server) throw new TypeError("the server did not tell its version");
  if (server.version < oldestServer) {
    throw new DatabaseError({
      code: "db.version",
      kind: "unavailable",
      message: `The database runs PostgreSQL ${server.name}; Galley needs 15 or newer. Point DATABASE_URL at a newer server, or unset it to use the built-in one.`,
    });
  }
  if (!server.may_create_roles) {
    throw new DatabaseError({
      code: "db.roles",
      kind: "unavailable",
      message:
        "The database user may not create roles, and Galley keeps workspaces apart with two of them. As an administrator run: ALTER ROLE <the user> CREATEROLE; or: CREATE ROLE galley_app; CREATE ROLE galley_system; GRANT galley_app, galley_system TO <the user>;",
    });
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(migration.text);
    await client.query("insert into galley_meta.migrations (name, checksum) values ($1, $2)", [
      migration.name,
      migration.checksum,
    ]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw new DatabaseError({
      code: "db.migration_failed",
      kind: "internal",
      message: `Migration ${migration.name} failed and was rolled back: ${error instanceof Error ? error.message : "unknown error"}.`,
      cause: error,
    });
  }
}

async function applyMissing(client: Client, migrations: Migration[]): Promise<string[]> {
  await client.query("create schema if not exists galley_meta");
  await client.query(
    "create table if not exists galley_meta.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
  );
  const { rows } = await client.query<{ name: string; checksum: string }>(
    "select name, checksum from galley_meta.migrations",
  );
  const applied = new Map(rows.map((row) => [row.name, row.checksum]));
  const unknown = [...applied.keys()].find(
    (name) => !migrations.some((migration) => migration.name === name),
  );
  if (unknown !== undefined) {
    throw new DatabaseError({
      code: "db.newer",
      kind: "unavailable",
      message: `The database was migrated by a newer Galley (it has ${unknown}). Start that version or restore a backup.`,
    });
  }
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = applied.get(migration.name);
    if (checksum === migration.checksum) continue;
    if (checksum !== undefined) {
      throw new DatabaseError({
        code: "db.migration_changed",
        kind: "internal",
        message: `Migration ${migration.name} was changed after it was applied to this database. Restore the file; changes go into a new migration.`,
      });
    }
    await apply(client, migration);
    done.push(migration.name);
  }
  return done;
}

/**
 * Brings the database to the newest schema and returns the names of the migrations that it applied.
 * Processes that start together wait for one another. Fails with a `DatabaseError` that says what to do:
 * `db.unreachable`, `db.pooler`, `db.version`, `db.roles`, `db.newer`, `db.migration_changed`, `db.migration_failed`.
 */
export async function migrate(databaseUrl: string, { isBuiltIn = false } = {}): Promise<string[]> {
  const migrations = await readMigrations();
  const client = new Client({ connectionString: databaseUrl, application_name: "galley migrate" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    // Nothing stands between Galley and the server that it has started itself.
    if (!isBuiltIn) await checkSessions(client, databaseUrl);
    await checkServer(client);
    await client.query("select pg_advisory_lock($1)", [migrationLock]);
    return await applyMissing(client, migrations);
  } catch (error) {
    const refused = sqlState(error)?.startsWith("28") ?? false;
    if (!refused && sqlState(error) !== "3D000" && !isDatabaseUnavailable(error)) throw error;
    throw new DatabaseError({
      code: "db.unreachable",
      kind: "unavailable",
      retryable: true,
      message: `The database cannot be used: ${error instanceof Error ? error.message || "no answer" : "no answer"}. Check DATABASE_URL and that the server runs.`,
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
