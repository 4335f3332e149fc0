import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";

/** Where a password is tried: the id of a known device or of a session, or anywhere else. */
export type Place = { userId: string; place: string };

/**
 * Counts a try before its password is checked, so that guesses sent at once cannot outrun the count.
 * False: this place pauses; then nothing may be checked.
 */
export async function beginTry(
  db: Kysely<Schema>,
  { userId, place }: Place,
  { now, tries, lockUntil }: { now: Date; tries: number; lockUntil: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into password_tries as t (user_id, place, failed, locked_until, tried_at)
    values (${userId}, ${place}, 1, null, ${now})
    on conflict (user_id, place) do update set
      failed = case when t.locked_until is null then t.failed else 0 end + 1,
      locked_until = case
        when case when t.locked_until is null then t.failed else 0 end + 1 >= ${tries}::integer
        then ${lockUntil}::timestamptz end,
      tried_at = ${now}
    where t.locked_until is null or t.locked_until <= ${now}
    returning t.user_id`.execute(db);
  return rows.length > 0;
}

/** After a right password: the next wrong one is the first again. */
export async function forgetTries(db: Kysely<Schema>, { userId, place }: Place): Promise<void> {
  await db.deleteFrom("password_tries").where("user_id", "=", userId).where("place", "=", place).execute();
}

/** Ends every pause of an account. */
export async function forgetAllTries(db: Kysely<Schema>, userId: string): Promise<void> {
  await db.deleteFrom("password_tries").where("user_id", "=", userId).execute();
}

/** Counts that nothing was added to for a day. */
export async function deleteOldTries(db: Kysely<Schema>, before: Date): Promise<void> {
  await db.deleteFrom("password_tries").where("tried_at", "<", before).execute();
}
