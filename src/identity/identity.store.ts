import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Role } from "#kit";
import type { Database, PreparedStatement, Schema } from "#platform/db";

export type SessionRow = {
  session_id: string;
  expires_at: Date;
  aal: number;
  user_id: string;
  name: string;
  email: string;
  workspace_id: string | null;
  role: Role | null;
};

// This runs on every request, so it is a constant that stays prepared.
const sessionStatement: PreparedStatement = {
  name: "identity.session",
  text: `
  select s.id as session_id, s.expires_at, s.aal, u.id as user_id, u.name, u.email, m.workspace_id, m.role
  from sessions s
  join users u on u.id = s.user_id
  left join lateral (
    select members.workspace_id, members.role from members
    where members.user_id = s.user_id and ($2::uuid is null or members.workspace_id = $2::uuid)
    order by members.created_at, members.workspace_id
    limit 1
  ) m on true
  where s.token = $1 and s.expires_at > $3`,
};

/**
 * The live session of a token with its user and the membership in one workspace, in one round trip.
 * `workspaceId` null: the member's first workspace. No membership there: null `workspace_id` and `role`.
 */
export async function findSession(
  database: Database,
  token: string,
  workspaceId: string | null,
  now: Date,
): Promise<SessionRow | null> {
  const rows = await database.readPrepared<SessionRow>(sessionStatement, [token, workspaceId, now]);
  return rows[0] ?? null;
}

/** When the session of a token ends or ended; null where there is none. */
export async function sessionEnd(db: Kysely<Schema>, token: string): Promise<Date | null> {
  const row = await db
    .selectFrom("sessions")
    .select("expires_at")
    .where("token", "=", token)
    .executeTakeFirst();
  return row?.expires_at ?? null;
}

/** The live sessions of a user, newest first. */
export function listSessions(db: Kysely<Schema>, userId: string, now: Date) {
  return db
    .selectFrom("sessions")
    .select(["id", "ip_address", "user_agent", "created_at", "expires_at"])
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .execute();
}

/** False where the user has no such session. */
export async function deleteSession(db: Kysely<Schema>, userId: string, id: string): Promise<boolean> {
  const result = await db
    .deleteFrom("sessions")
    .where("user_id", "=", userId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Ends the session of a token. */
export async function deleteSessionOf(db: Kysely<Schema>, token: string): Promise<void> {
  await db.deleteFrom("sessions").where("token", "=", token).execute();
}

export async function deleteExpiredSessions(db: Kysely<Schema>, now: Date): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<=", now).execute();
}

export async function anyUserExists(db: Kysely<Schema>): Promise<boolean> {
  const row = await db.selectFrom("users").select("id").limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function userIdByEmail(db: Kysely<Schema>, email: string): Promise<string | null> {
  const row = await db.selectFrom("users").select("id").where("email", "=", email).executeTakeFirst();
  return row?.id ?? null;
}

/** Held until the transaction ends: two first set-ups at once are one after the other. */
export async function lockSetUp(tx: Kysely<Schema>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('galley.set_up', 0))`.execute(tx);
}
