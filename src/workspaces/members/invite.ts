import { randomBytes } from "node:crypto";
import { z } from "zod";
import { normalizeAddress } from "#identity";
import type { Actor } from "#kit";
import { newId, sha256 } from "#kit";
import { append } from "#platform/events";
import type { Task } from "#platform/jobs";
import { sendLetter } from "#platform/mail";
import type { SignedIn } from "#platform/wire";
import type { InvitationDeps } from "../deps.ts";
import { alreadyMember, invitationNotFound } from "../errors.ts";
import { invitationRevoked, invitationVouchedFor, memberInvited } from "../events.ts";
import { invitationLetter } from "../words.ts";
import { listMembers } from "../workspaces.store.ts";
import type { InvitedRole } from "./invitations.store.ts";
import * as store from "./invitations.store.ts";

export type Invitation = { id: string; email: string; role: InvitedRole; expiresAt: Date; createdAt: Date };

/** `link` null: only the mail has one. `makesAccount`: the person may join without an account. */
export type InvitationMade = Invitation & { link: string | null; mailed: boolean; makesAccount: boolean };

const validMs = 7 * 24 * 60 * 60 * 1000;

export const mailTask = "workspaces.mail_invitation";
const mailPayload = z.object({ id: z.uuid() });

function newToken(publicUrl: string) {
  const token = randomBytes(32).toString("base64url");
  const link = new URL(`/invitation?token=${token}`, publicUrl).href;
  return { tokenHash: sha256(token), link };
}

/** Those of a workspace that can still be used, newest first. */
export async function listInvitations(
  { database, clock }: Pick<InvitationDeps, "database" | "clock">,
  { workspaceId }: Actor,
): Promise<Invitation[]> {
  const rows = await database.inWorkspace(workspaceId, (tx) =>
    store.listInvitations(tx, workspaceId, clock.now()),
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
export async function invite(
  { database, installation, clock, publicUrl, mail }: InvitationDeps,
  actor: Actor,
  order: { email: string; role: InvitedRole },
): Promise<InvitationMade> {
  const email = normalizeAddress(order.email);
  const members = await listMembers(database.system, actor.workspaceId);
  if (members.some((member) => member.email === email)) throw alreadyMember();
  const linkProves = actor.kind === "person" && (await installation.isAdmin(actor.userId));
  const { tokenHash, link } = newToken(publicUrl);
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
    await append(tx, memberInvited, { actor, targetId: invitation.id, data: { email, role: order.role } });
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

/** The job that mails a link of its own, which proves the address; where nothing can be mailed it does nothing. */
export function mailInvitation({ database, clock, publicUrl, mail }: InvitationDeps): Task {
  return async (payload, { signal }) => {
    if (mail === null) return;
    const { id } = mailPayload.parse(payload);
    const { tokenHash, link } = newToken(publicUrl);
    const invited = await store.giveMailedToken(database.system, { id, tokenHash, now: clock.now() });
    if (invited === null) return;
    const letter = await invitationLetter(invited, link);
    await sendLetter(mail.sender, letter, { date: clock.now(), signal });
  };
}

/**
 * An admin of the installation vouches for the address of an invitation: the link that its inviter has ends,
 * and the new one, told to the admin alone, makes an account. Throws `workspaces.invitation_not_found`.
 */
export async function vouchForInvitation(
  { database, clock, publicUrl }: InvitationDeps,
  admin: SignedIn,
  id: string,
): Promise<string> {
  const { tokenHash, link } = newToken(publicUrl);
  await database.system.transaction().execute(async (tx) => {
    const vouched = await store.vouchForInvitation(tx, { id, tokenHash, now: clock.now() });
    if (vouched === null) throw invitationNotFound();
    await append(tx, invitationVouchedFor, {
      actor: { kind: "person", userId: admin.userId },
      targetId: id,
      data: { email: vouched.email },
    });
  });
  return link;
}

/** Takes an invitation back; its link stops working. Throws `workspaces.invitation_not_found`. */
export async function revokeInvitation(
  { database }: Pick<InvitationDeps, "database">,
  actor: Actor,
  id: string,
): Promise<void> {
  await database.inWorkspace(actor.workspaceId, async (tx) => {
    if (!(await store.deleteInvitation(tx, actor.workspaceId, id))) throw invitationNotFound();
    await append(tx, invitationRevoked, { actor, targetId: id });
  });
}
