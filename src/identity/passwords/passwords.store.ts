import type { Kysely } from "kysely";
import { knownLanguage, type Language, newId } from "#kit";
import type { Schema } from "#platform/db";

export type Person = { id: string; name: string; email: string };

/** Somebody who is written to, in the language that they chose or that their browser asked for. */
type Reader = Person & { language: Language };

export async function findPerson(
  db: Kysely<Schema>,
  by: { id: string } | { email: string },
): Promise<Person | null> {
  const query = db.selectFrom("users").select(["id", "name", "email"]);
  const found = "id" in by ? query.where("id", "=", by.id) : query.where("email", "=", by.email);
  return (await found.executeTakeFirst()) ?? null;
}

export async function findReader(db: Kysely<Schema>, { id }: { id: string }): Promise<Reader | null> {
  const row = await db
    .selectFrom("users")
    .select(["id", "name", "email"])
    .select((user) => user.fn.coalesce("language", "browser_language").as("language"))
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, language: knownLanguage(row.language) ?? "en" };
}

export async function passwordHash(db: Kysely<Schema>, userId: string): Promise<string | null> {
  const row = await credential(db, userId).executeTakeFirst();
  return row?.password ?? null;
}

/**
 * Whether a password that was checked a moment ago is the account's still. Waits for whoever is changing it, and in a
 * transaction nobody changes it before that ends.
 */
export async function passwordStands(db: Kysely<Schema>, userId: string, hash: string): Promise<boolean> {
  const row = await credential(db, userId).forNoKeyUpdate().executeTakeFirst();
  return row?.password === hash;
}

function credential(db: Kysely<Schema>, userId: string) {
  return db
    .selectFrom("accounts")
    .select("password")
    .where("user_id", "=", userId)
    .where("provider_id", "=", "credential");
}

/**
 * Replaces the password, or adds one to an account that had none. What was mailed to replace it ends with that. Before
 * `deleteOtherSessions` in one transaction: a sign-in that opens a session meanwhile then sees the new password.
 */
export async function setPassword(
  db: Kysely<Schema>,
  userId: string,
  hash: string,
  now: Date,
): Promise<void> {
  await db
    .updateTable("password_resets")
    .set({ used_at: now })
    .where("user_id", "=", userId)
    .where("used_at", "is", null)
    .execute();
  const result = await db
    .updateTable("accounts")
    .set({ password: hash, updated_at: now })
    .where("user_id", "=", userId)
    .where("provider_id", "=", "credential")
    .executeTakeFirst();
  if (result.numUpdatedRows > 0n) return;
  await db
    .insertInto("accounts")
    .values({ id: newId(), user_id: userId, provider_id: "credential", account_id: userId, password: hash })
    .execute();
}

/** All but one, or with null all of them. */
export async function deleteOtherSessions(
  db: Kysely<Schema>,
  userId: string,
  except: string | null,
): Promise<void> {
  const query = db.deleteFrom("sessions").where("user_id", "=", userId);
  await (except === null ? query : query.where("id", "<>", except)).execute();
}

/** False where so many were asked for since `since` already, counted one after the other. */
export async function insertReset(
  tx: Kysely<Schema>,
  reset: { id: string; userId: string; now: Date; expiresAt: Date },
  limit: { since: Date; most: number },
): Promise<boolean> {
  await tx.selectFrom("users").select("id").where("id", "=", reset.userId).forUpdate().execute();
  const { count } = await tx
    .selectFrom("password_resets")
    .select((query) => query.fn.countAll<number>().as("count"))
    .where("user_id", "=", reset.userId)
    .where("created_at", ">", limit.since)
    .executeTakeFirstOrThrow();
  if (count >= limit.most) return false;
  await tx
    .insertInto("password_resets")
    .values({ id: reset.id, user_id: reset.userId, created_at: reset.now, expires_at: reset.expiresAt })
    .execute();
  return true;
}

/** Gives a reset that can still be used its token; null where there is none. Another token of it ends. */
export async function giveToken(
  db: Kysely<Schema>,
  reset: { id: string; tokenHash: string; now: Date },
): Promise<Reader | null> {
  const row = await db
    .updateTable("password_resets")
    .set({ token_hash: reset.tokenHash })
    .where("id", "=", reset.id)
    .where("used_at", "is", null)
    .where("expires_at", ">", reset.now)
    .returning("user_id")
    .executeTakeFirst();
  return row === undefined ? null : findReader(db, { id: row.user_id });
}

export async function findReset(db: Kysely<Schema>, tokenHash: string, now: Date): Promise<Person | null> {
  const row = await db
    .selectFrom("password_resets as r")
    .innerJoin("users", "users.id", "r.user_id")
    .select(["users.id", "users.name", "users.email"])
    .where("r.token_hash", "=", tokenHash)
    .where("r.used_at", "is", null)
    .where("r.expires_at", ">", now)
    .executeTakeFirst();
  return row ?? null;
}

/** Uses a reset; false where somebody else was faster. */
export async function consumeReset(
  tx: Kysely<Schema>,
  { tokenHash, now }: { tokenHash: string; now: Date },
): Promise<boolean> {
  const result = await tx
    .updateTable("password_resets")
    .set({ used_at: now })
    .where("token_hash", "=", tokenHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function deleteOldResets(db: Kysely<Schema>, before: Date): Promise<void> {
  await db.deleteFrom("password_resets").where("created_at", "<", before).execute();
}

/** The address counts from now on. */
export async function confirmAddress(db: Kysely<Schema>, userId: string): Promise<void> {
  await db.updateTable("users").set({ email_verified: true }).where("id", "=", userId).execute();
}

export async function isConfirmed(db: Kysely<Schema>, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom("users")
    .select("email_verified")
    .where("id", "=", userId)
    .executeTakeFirst();
  return row?.email_verified ?? false;
}
