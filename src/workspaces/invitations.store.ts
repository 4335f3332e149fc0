import type { Kysely } from "kysely";
import type { Role } from "#kit";
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

/** An invitation that can still be used, by the hash of its token; on `db.system`. */
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
    ])
    .where("invitations.token_hash", "=", tokenHash)
    .where("invitations.accepted_at", "is", null)
    .where("invitations.expires_at", ">", now)
    .executeTakeFirst();
  return row ?? null;
}

/** Marks it as used; false where somebody else was faster, or it expired meanwhile. */
export async function useInvitation(tx: Kysely<Schema>, tokenHash: string, now: Date): Promise<boolean> {
  const result = await tx
    .updateTable("invitations")
    .set({ accepted_at: now })
    .where("token_hash", "=", tokenHash)
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
