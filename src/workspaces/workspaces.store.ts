import type { Kysely } from "kysely";
import type { Role } from "#kit";
import type { Schema } from "#platform/db";

export type WorkspaceRow = {
  id: string;
  name: string;
  time_zone: string;
  separate_approver: boolean;
  grace_seconds: number;
  paused_at: Date | null;
  created_at: Date;
};

const workspaceColumns = [
  "workspaces.id",
  "workspaces.name",
  "workspaces.time_zone",
  "workspaces.separate_approver",
  "workspaces.grace_seconds",
  "workspaces.paused_at",
  "workspaces.created_at",
] as const;

export async function insertWorkspace(
  db: Kysely<Schema>,
  workspace: { id: string; name: string; timeZone: string; graceSeconds: number },
): Promise<void> {
  await db
    .insertInto("workspaces")
    .values({
      id: workspace.id,
      name: workspace.name,
      time_zone: workspace.timeZone,
      grace_seconds: workspace.graceSeconds,
    })
    .execute();
}

export async function findWorkspace(db: Kysely<Schema>, id: string): Promise<WorkspaceRow | null> {
  const row = await db
    .selectFrom("workspaces")
    .select(workspaceColumns)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}

/** Undefined fields stay as they are. */
export async function updateWorkspace(
  db: Kysely<Schema>,
  id: string,
  change: {
    name?: string | undefined;
    time_zone?: string | undefined;
    separate_approver?: boolean | undefined;
    grace_seconds?: number | undefined;
  },
): Promise<void> {
  if (Object.values(change).every((value) => value === undefined)) return;
  await db.updateTable("workspaces").set(change).where("id", "=", id).execute();
}

/** False where it was so already: the moment of the first pause stays. */
export async function setWorkspacePaused(
  db: Kysely<Schema>,
  id: string,
  pausedAt: Date | null,
): Promise<boolean> {
  const result = await db
    .updateTable("workspaces")
    .set({ paused_at: pausedAt })
    .where("id", "=", id)
    .where("paused_at", pausedAt === null ? "is not" : "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The workspaces of a user in the order in which they were joined; on `db.system`. */
export function workspacesOf(db: Kysely<Schema>, userId: string): Promise<(WorkspaceRow & { role: Role })[]> {
  return db
    .selectFrom("members")
    .innerJoin("workspaces", "workspaces.id", "members.workspace_id")
    .select([...workspaceColumns, "members.role"])
    .where("members.user_id", "=", userId)
    .orderBy("members.created_at")
    .orderBy("members.workspace_id")
    .execute();
}

/** False where the user is a member already. */
export async function insertMember(
  db: Kysely<Schema>,
  member: { workspaceId: string; userId: string; role: Role },
): Promise<boolean> {
  const result = await db
    .insertInto("members")
    .values({ workspace_id: member.workspaceId, user_id: member.userId, role: member.role })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Members with their names, first joined first; on `db.system`, the only role that reads emails. */
export function listMembers(db: Kysely<Schema>, workspaceId: string) {
  return db
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .select(["members.user_id", "members.role", "members.created_at", "users.name", "users.email"])
    .where("members.workspace_id", "=", workspaceId)
    .orderBy("members.created_at")
    .orderBy("members.user_id")
    .execute();
}

/**
 * The role of a member, with all owners of the workspace locked until the transaction ends: two owners
 * who remove each other at once are one after the other. Null: not a member.
 */
export async function lockMember(
  tx: Kysely<Schema>,
  workspaceId: string,
  userId: string,
): Promise<{ role: Role; owners: number } | null> {
  const rows = await tx
    .selectFrom("members")
    .select(["user_id", "role"])
    .where("workspace_id", "=", workspaceId)
    .where((row) => row.or([row("role", "=", "owner"), row("user_id", "=", userId)]))
    .orderBy("user_id")
    .forUpdate()
    .execute();
  const member = rows.find((row) => row.user_id === userId);
  if (member === undefined) return null;
  return { role: member.role, owners: rows.filter((row) => row.role === "owner").length };
}

export async function updateRole(
  db: Kysely<Schema>,
  workspaceId: string,
  userId: string,
  role: Role,
): Promise<void> {
  await db
    .updateTable("members")
    .set({ role })
    .where("workspace_id", "=", workspaceId)
    .where("user_id", "=", userId)
    .execute();
}

export async function deleteMember(db: Kysely<Schema>, workspaceId: string, userId: string): Promise<void> {
  await db
    .deleteFrom("members")
    .where("workspace_id", "=", workspaceId)
    .where("user_id", "=", userId)
    .execute();
}
