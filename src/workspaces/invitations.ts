import { randomBytes } from "node:crypto";
import type { Actor, Clock } from "#kit";
import { newId, sha256 } from "#kit";
import type { Client, Identity, SignedInResult } from "#identity";
import { recordEvent } from "#platform/audit";
import type { Database } from "#platform/db";
import { WorkspaceError } from "./errors.ts";
import type { InvitedRole } from "./invitations.store.ts";
import * as store from "./invitations.store.ts";
import { insertMember, listMembers } from "./workspaces.store.ts";

export type Invitation = { id: string; email: string; role: InvitedRole; expiresAt: Date; createdAt: Date };

/** What the holder of an invitation's link sees before accepting. */
export type InvitationPreview = {
  workspaceName: string;
  email: string;
  role: InvitedRole;
  expiresAt: Date;
  /** True: accept with the password of that account. False: choose a name and a password. */
  hasAccount: boolean;
};

const validMs = 7 * 24 * 60 * 60 * 1000;

type Options = { database: Database; identity: Identity; clock: Clock; publicUrl: string };

export function createInvitations({ database, identity, clock, publicUrl }: Options) {
  async function invitations(actor: Actor): Promise<Invitation[]> {
    const rows = await database.inWorkspace(actor.workspaceId, (tx) =>
      store.listInvitations(tx, actor.workspaceId, clock.now()),
    );
    return rows.map((row) => ({
      id: row.id,
      email: row.email,
      role: row.role,
      expiresAt: row.expires_at,
      createdAt: row.created_at,
    }));
  }

  /**
   * Makes a link that lets one person join, once, within seven days. The link is told now and never
   * again: only its hash is kept. Throws `workspaces.already_member` (conflict).
   */
  async function invite(
    actor: Actor,
    order: { email: string; role: InvitedRole },
  ): Promise<Invitation & { link: string }> {
    const email = order.email.trim().toLowerCase();
    const members = await listMembers(database.system, actor.workspaceId);
    if (members.some((member) => member.email === email)) throw alreadyMember();
    const token = randomBytes(32).toString("base64url");
    const now = clock.now();
    const invitation = { id: newId(), email, role: order.role, expiresAt: new Date(now.getTime() + validMs) };
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      await store.insertInvitation(tx, {
        ...invitation,
        workspaceId: actor.workspaceId,
        tokenHash: sha256(token),
        invitedBy: actor.userId,
      });
      await recordEvent(tx, {
        actor,
        action: "member.invited",
        target: { kind: "invitation", id: invitation.id },
        details: { email, role: order.role },
      });
    });
    return { ...invitation, createdAt: now, link: new URL(`/invitation?token=${token}`, publicUrl).href };
  }

  /** Takes an invitation back; its link stops working. Throws `workspaces.invitation_not_found`. */
  async function revokeInvitation(actor: Actor, id: string): Promise<void> {
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      if (!(await store.deleteInvitation(tx, actor.workspaceId, id))) throw invitationNotFound();
      await recordEvent(tx, { actor, action: "invitation.revoked", target: { kind: "invitation", id } });
    });
  }

  async function previewInvitation(token: string): Promise<InvitationPreview> {
    const row = await store.findInvitation(database.system, sha256(token), clock.now());
    if (row === null) throw invitationNotFound();
    return {
      workspaceName: row.workspace_name,
      email: row.email,
      role: row.role,
      expiresAt: row.expires_at,
      hasAccount: row.user_id !== null,
    };
  }

  /**
   * Joins the workspace and opens a session. Who has an account proves it with its password; anybody
   * else gets one. Throws `workspaces.invitation_not_found`, `identity.sign_in_refused`,
   * `identity.weak_password`.
   */
  async function acceptInvitation(
    order: { token: string; name: string; password: string },
    client: Client,
  ): Promise<SignedInResult> {
    const tokenHash = sha256(order.token);
    const found = await store.findInvitation(database.system, tokenHash, clock.now());
    if (found === null) throw invitationNotFound();
    const { email, role, workspace_id: workspaceId } = found;
    if (found.user_id === null && order.name === "") throw nameMissing();
    const proven =
      found.user_id === null ? null : await identity.signIn({ email, password: order.password }, client);
    return database.system.transaction().execute(async (tx) => {
      if (!(await store.useInvitation(tx, tokenHash, clock.now()))) throw invitationNotFound();
      const session = proven ?? (await identity.createUser(tx, { ...order, email }, client));
      if (!(await insertMember(tx, { workspaceId, userId: session.userId, role }))) throw alreadyMember();
      await recordEvent(tx, {
        actor: { kind: "system", workspaceId },
        action: "member.joined",
        target: { kind: "user", id: session.userId },
        details: { role, invitationId: found.id },
      });
      return session;
    });
  }

  return { invitations, invite, revokeInvitation, previewInvitation, acceptInvitation };
}

function alreadyMember(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.already_member",
    kind: "conflict",
    message: "This person is a member of the workspace already.",
  });
}

function nameMissing(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.name_missing",
    kind: "unprocessable",
    message: "Tell your name, so that others see who wrote and approved.",
    problems: [{ path: "/name", code: "workspaces.name_missing", message: "Enter your name." }],
  });
}

function invitationNotFound(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.invitation_not_found",
    kind: "not_found",
    message: "This invitation was used, taken back or has expired; ask for a new one.",
  });
}
