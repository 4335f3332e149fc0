import type { Kysely } from "kysely";
import { sql } from "kysely";
import { entryColumns } from "#platform/audit";
import type { Schema } from "#platform/db";

/** Held until the transaction ends: two admins who remove each other at once are one after the other. */
export async function lockAdmins(tx: Kysely<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('galley.installation_admins', 0))`.execute(tx);
}

export async function isAdmin(db: Kysely<Schema>, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom("installation_admins")
    .select("user_id")
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The admins with their names, first named first. */
export function listAdmins(db: Kysely<Schema>) {
  return db
    .selectFrom("installation_admins as a")
    .innerJoin("users", "users.id", "a.user_id")
    .select(["users.id", "users.name", "users.email", "a.created_at"])
    .orderBy("a.created_at")
    .orderBy("users.id")
    .execute();
}

/** False where the person is an admin already. */
export async function insertAdmin(
  db: Kysely<Schema>,
  admin: { userId: string; addedBy: string | null },
): Promise<boolean> {
  const result = await db
    .insertInto("installation_admins")
    .values({ user_id: admin.userId, added_by: admin.addedBy })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function deleteAdmin(db: Kysely<Schema>, userId: string): Promise<void> {
  await db.deleteFrom("installation_admins").where("user_id", "=", userId).execute();
}

/** What happened, newest first; `before` is the id of the last event of a page. */
export function listEvents(db: Kysely<Schema>, page: { limit: number; before: string | null }) {
  const query = db
    .selectFrom("installation_events as e")
    .leftJoin("users", "users.id", "e.actor_id")
    .select(entryColumns)
    .orderBy("e.id", "desc")
    .limit(page.limit);
  return (page.before === null ? query : query.where("e.id", "<", page.before)).execute();
}
