import type { Kysely } from "kysely";
import { sql } from "kysely";
import { knownLanguage, type Language, type Role } from "#kit";
import type { Schema } from "#platform/db";

export type InvitedRole = Exclude<Role, "owner">;

export async function insertInvitation(
  db: Kysely<Schema>,
  invitation: {
    workspaceId: string;
    id: string;
    email: string;
    role: InvitedRole;
    tokenHash: string;
    linkProves: boolean;
    invitedBy: string;
    expiresAt: Date;
  },
): Promise<void> {
  await db
    .insertInto("invitations")
    .values({
      workspace_id: invitation.workspaceId,
      id: invitation.id,
      email: invitation.email,
      role: invitation.role,
      token_hash: invitation.tokenHash,
      link_proves: invitation.linkProves,
      invited_by: invitation.invitedBy,
      expires_at: invitation.expiresAt,
    })
    .execute();
}

/** Invitations that can still be used, newest first. */
export function listInvitations(db: Kysely<Schema>, workspaceId: string, now: Date) {
  return db
    .selectFrom("invitations")
    .select(["id", "email", "role", "expires_at", "created_at"])
    .where("workspace_id", "=", workspaceId)
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy("id", "desc")
    .execute();
}

/** False where there is none that could still be used. */
export async function deleteInvitation(
  db: Kysely<Schema>,
  workspaceId: string,
  id: string,
): Promise<boolean> {
  const result = await db
    .deleteFrom("invitations")
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/**
 * An invitation that can still be used, by the hash of one of its two tokens; on `db.system`. `proves`: who
 * holds this token reads the mail of the address, or was handed it by an admin of the installation.
 */
export async function findInvitation(db: Kysely<Schema>, tokenHash: string, now: Date) {
  const row = await db
    .selectFrom("invitations")
    .innerJoin("workspaces", "workspaces.id", "invitations.workspace_id")
    .leftJoin("users", "users.email", "invitations.email")
    .select([
      "invitations.workspace_id",
      "invitations.id",
      "invitations.email",
      "invitations.role",
      "invitations.expires_at",
      "workspaces.name as workspace_name",
      "users.id as user_id",
      sql<boolean>`invitations.link_proves or invitations.token_hash <> ${tokenHash}`.as("proves"),
    ])
    .where(hasToken(tokenHash))
    .where("invitations.accepted_at", "is", null)
    .where("invitations.expires_at", ">", now)
    .executeTakeFirst();
  return row ?? null;
}

function hasToken(tokenHash: string) {
  return sql<boolean>`(invitations.token_hash = ${tokenHash} or invitations.mailed_token_hash = ${tokenHash})`;
}

/** Marks it as used; false where somebody else was faster, or it expired meanwhile. */
export async function consumeInvitation(tx: Kysely<Schema>, tokenHash: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("invitations")
    .set({ accepted_at: now })
    .where(hasToken(tokenHash))
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Gives an invitation the token of its mail; null where it can no longer be used. Another such token ends. `language`:
 * what the invited person reads, where the address has an account, else what the inviter does, who knows them.
 */
export async function giveMailedToken(
  db: Kysely<Schema>,
  { id, tokenHash, now }: { id: string; tokenHash: string; now: Date },
): Promise<{
  email: string;
  workspaceName: string;
  inviterName: string | null;
  language: Language;
} | null> {
  const row = await db
    .updateTable("invitations")
    .set({ mailed_token_hash: tokenHash })
    .where("id", "=", id)
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .returning(["email", "workspace_id", "invited_by"])
    .executeTakeFirst();
  if (row === undefined) return null;
  const { language, ...names } = await db
    .selectFrom("workspaces")
    .leftJoin("users as inviter", (join) => join.on("inviter.id", "=", row.invited_by))
    .leftJoin("users as invited", (join) => join.on("invited.email", "=", row.email))
    .select(["workspaces.name as workspaceName", "inviter.name as inviterName"])
    .select(({ fn }) =>
      fn
        .coalesce(
          "invited.language",
          "invited.browser_language",
          "inviter.language",
          "inviter.browser_language",
        )
        .as("language"),
    )
    .where("workspaces.id", "=", row.workspace_id)
    .executeTakeFirstOrThrow();
  return { email: row.email, ...names, language: knownLanguage(language) ?? "en" };
}

/** Invitations of all workspaces that let in only who has an account, newest first; on `db.system`. */
export function listUnproven(db: Kysely<Schema>, now: Date) {
  return db
    .selectFrom("invitations")
    .innerJoin("workspaces", "workspaces.id", "invitations.workspace_id")
    .select(["invitations.id", "invitations.email", "invitations.role", "workspaces.name as workspaceName"])
    .where("invitations.link_proves", "=", false)
    .where("invitations.mailed_token_hash", "is", null)
    .where("invitations.accepted_at", "is", null)
    .where("invitations.expires_at", ">", now)
    .orderBy("invitations.id", "desc")
    .execute();
}

/** Replaces the link by one that proves the address; null where it can no longer be used. */
export async function vouchForInvitation(
  tx: Kysely<Schema>,
  { id, tokenHash, now }: { id: string; tokenHash: string; now: Date },
): Promise<{ email: string } | null> {
  const row = await tx
    .updateTable("invitations")
    .set({ token_hash: tokenHash, link_proves: true })
    .where("id", "=", id)
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .returning("email")
    .executeTakeFirst();
  return row ?? null;
}
