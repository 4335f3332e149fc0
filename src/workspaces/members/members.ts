import type { Actor, Role } from "#kit";
import type { Database } from "#platform/db";
import { append } from "#platform/events";
import { WorkspaceError } from "../errors.ts";
import { memberRemoved, memberRoleChanged } from "../events.ts";
import * as store from "../workspaces.store.ts";

export type Member = { userId: string; name: string; email: string; role: Role; joinedAt: Date };

export function createMembers({ database }: { database: Database }) {
  async function members(actor: Actor): Promise<Member[]> {
    const rows = await store.listMembers(database.system, actor.workspaceId);
    return rows.map((row) => ({
      userId: row.user_id,
      name: row.name,
      email: row.email,
      role: row.role,
      joinedAt: row.created_at,
    }));
  }

  /**
   * Gives a member another role. Throws `workspaces.member_not_found`, `workspaces.last_owner`
   * (conflict), and `workspaces.owners_only` (forbidden) where an admin would make or change an owner.
   */
  async function changeRole(actor: Actor, userId: string, role: Role): Promise<void> {
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      const member = await store.lockMember(tx, actor.workspaceId, userId);
      if (member === null) throw memberNotFound();
      if (member.role === role) return;
      refuseAdminOverOwner(actor, member.role, role);
      if (member.role === "owner" && member.owners === 1) throw lastOwner();
      await store.updateRole(tx, actor.workspaceId, userId, role);
      await append(tx, memberRoleChanged, { actor, targetId: userId, data: { from: member.role, to: role } });
    });
  }

  /** Ends a membership; what the person wrote stays. Throws as `changeRole` does. */
  async function removeMember(actor: Actor, userId: string): Promise<void> {
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      const member = await store.lockMember(tx, actor.workspaceId, userId);
      if (member === null) throw memberNotFound();
      refuseAdminOverOwner(actor, member.role, member.role);
      if (member.role === "owner" && member.owners === 1) throw lastOwner();
      await store.deleteMember(tx, actor.workspaceId, userId);
      await append(tx, memberRemoved, { actor, targetId: userId, data: { role: member.role } });
    });
  }

  return { members, changeRole, removeMember };
}

function refuseAdminOverOwner(actor: Actor, before: Role, after: Role): void {
  if (actor.role === "owner" || (before !== "owner" && after !== "owner")) return;
  throw new WorkspaceError({
    code: "workspaces.owners_only",
    kind: "forbidden",
    message: "Only an owner can make or change an owner.",
  });
}

function memberNotFound(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.member_not_found",
    kind: "not_found",
    message: "There is no such member in this workspace.",
  });
}

function lastOwner(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.last_owner",
    kind: "conflict",
    message: "A workspace needs an owner; make somebody else an owner first.",
  });
}
