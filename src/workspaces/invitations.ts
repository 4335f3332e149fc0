import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Actor, Clock } from "#kit";
import { newId, sha256 } from "#kit";
import {
  type AccountMail,
  type Client,
  type Identity,
  normalizeAddress,
  type SignedInResult,
} from "#identity";
import type { Installation } from "#installation";
import { recordEvent, recordInstallationEvent } from "#platform/audit";
import type { Database } from "#platform/db";
import type { Task } from "#platform/jobs";
import { sendLetter } from "#platform/mail";
import type { SignedIn } from "#platform/wire";
import { WorkspaceError } from "./errors.ts";
import type { InvitedRole } from "./invitations.store.ts";
import * as store from "./invitations.store.ts";
import { invitationLetter } from "./words.ts";
import { insertMember, listMembers } from "./workspaces.store.ts";

export type Invitation = { id: string; email: string; role: InvitedRole; expiresAt: Date; createdAt: Date };

/** `link` null: only the mail has one. `makesAccount`: the person may join without an account. */
export type InvitationMade = Invitation & { link: string | null; mailed: boolean; makesAccount: boolean };

/** What the holder of an invitation's link sees before accepting; never whether the address has an account. */
export type InvitationPreview = {
  workspaceName: string;
  email: string;
  role: InvitedRole;
  expiresAt: Date;
  /** False: only an account that the address has already can accept with this link. */
  makesAccount: boolean;
};

/** An invitation whose link proves no address, for admins of the installation. */
export type UnprovenInvitation = { id: string; email: string; role: InvitedRole; workspaceName: string };

const validMs = 7 * 24 * 60 * 60 * 1000;

const mailTask = "workspaces.mail_invitation";
const mailPayload = z.object({ id: z.uuid() });

type Options = {
  database: Database;
  identity: Identity;
  installation: Pick<Installation, "isAdmin">;
  clock: Clock;
  publicUrl: string;
  mail: AccountMail;
};

export function createInvitations({ database, identity, installation, clock, publicUrl, mail }: Options) {
  function newToken() {
    const token = randomBytes(32).toString("base64url");
    const link = new URL(`/invitation?token=${token}`, publicUrl).href;
    return { tokenHash: sha256(token), link };
  }

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
   * Lets one person join, once, within seven days. The address is mailed a link that proves it. A link to hand
   * over is told now and never again, because only its hash is kept: to an admin of the installation, whose
   * word counts like a mail, and to others where this Galley sends none; theirs lets in only who has an
   * account already, or anybody could make one for an address of somebody else. Throws
   * `workspaces.already_member` (conflict).
   */
  async function invite(actor: Actor, order: { email: string; role: InvitedRole }): Promise<InvitationMade> {
    const email = normalizeAddress(order.email);
    const members = await listMembers(database.system, actor.workspaceId);
    if (members.some((member) => member.email === email)) throw alreadyMember();
    const linkProves = actor.kind === "person" && (await installation.isAdmin(actor.userId));
    const { tokenHash, link } = newToken();
    const now = clock.now();
    const invitation = { id: newId(), email, role: order.role, expiresAt: new Date(now.getTime() + validMs) };
    await database.inWorkspace(actor.workspaceId, async (tx) => {
      await store.insertInvitation(tx, {
        ...invitation,
        workspaceId: actor.workspaceId,
        tokenHash,
        linkProves,
        invitedBy: actor.userId,
      });
      await mail?.jobs.enqueue(tx, mailTask, { id: invitation.id });
      await recordEvent(tx, {
        actor,
        action: "member.invited",
        target: { kind: "invitation", id: invitation.id },
        details: { email, role: order.role },
      });
    });
    const mailed = mail !== null;
    return {
      ...invitation,
      createdAt: now,
      link: linkProves || !mailed ? link : null,
      mailed,
      makesAccount: linkProves || mailed,
    };
  }

  /** Of all workspaces; for admins of the installation, where no mail proves an address. */
  async function unprovenInvitations(): Promise<UnprovenInvitation[]> {
    return mail === null ? store.listUnproven(database.system, clock.now()) : [];
  }

  /**
   * An admin of the installation vouches for the address of an invitation: the link that its inviter has ends,
   * and the new one, told to the admin alone, makes an account. Throws `workspaces.invitation_not_found`.
   */
  async function vouchForInvitation(admin: SignedIn, id: string): Promise<string> {
    const { tokenHash, link } = newToken();
    await database.system.transaction().execute(async (tx) => {
      const vouched = await store.vouchForInvitation(tx, { id, tokenHash, now: clock.now() });
      if (vouched === null) throw invitationNotFound();
      await recordInstallationEvent(tx, {
        actor: { kind: "person", userId: admin.userId },
        action: "invitation.vouched_for",
        target: { kind: "invitation", id },
        details: { email: vouched.email },
      });
    });
    return link;
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
      makesAccount: row.proves,
    };
  }

  /**
   * Joins the workspace and opens a session. Who has an account proves it with its password; anybody else
   * gets one, if the link proves the address. With a link that does not, an address without an account is
   * answered like a wrong password. Throws `workspaces.invitation_not_found`, `identity.sign_in_refused`,
   * `identity.weak_password`, `workspaces.address_unconfirmed`.
   */
  async function acceptInvitation(
    order: { token: string; name: string; password: string },
    client: Client,
  ): Promise<SignedInResult> {
    const tokenHash = sha256(order.token);
    const found = await store.findInvitation(database.system, tokenHash, clock.now());
    if (found === null) throw invitationNotFound();
    const { email, role, proves, workspace_id: workspaceId } = found;
    const isNew = found.user_id === null && proves;
    if (isNew && order.name === "") throw nameMissing();
    const proven = isNew ? null : await identity.signIn({ email, password: order.password }, client);
    return database.system.transaction().execute(async (tx) => {
      if (!(await store.consumeInvitation(tx, tokenHash, clock.now()))) throw invitationNotFound();
      const session = proven ?? (await identity.createUser(tx, { ...order, email }, client));
      if (proves) await identity.confirmAddress(tx, session.userId);
      else if (!(await identity.isConfirmed(tx, session.userId))) throw addressUnconfirmed();
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

  const tasks: Record<string, Task> = {
    [mailTask]: async (payload, { signal }) => {
      if (mail === null) return;
      const { id } = mailPayload.parse(payload);
      const { tokenHash, link } = newToken();
      const order = { id, tokenHash, now: clock.now() };
      const invited = await store.giveMailedToken(database.system, order);
      if (invited === null) return;
      const letter = invitationLetter(invited, link);
      await sendLetter(mail.sender, letter, { date: clock.now(), signal });
    },
  };

  return {
    invitations,
    invite,
    revokeInvitation,
    unprovenInvitations,
    vouchForInvitation,
    previewInvitation,
    acceptInvitation,
    tasks,
  };
}

/** For an account made by a link that proved nothing, while those did not have to. */
export function addressUnconfirmed(): WorkspaceError {
  return new WorkspaceError({
    code: "workspaces.address_unconfirmed",
    kind: "forbidden",
    message:
      "The address of your account was never confirmed. Use “Forgot password?” once: the mail that you answer confirms it.",
  });
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
