import type { Client, SignedInResult } from "#identity";
import { sha256 } from "#kit";
import { append } from "#platform/events";
import type { InvitationDeps } from "../deps.ts";
import { addressUnconfirmed, alreadyMember, invitationNotFound, WorkspaceError } from "../errors.ts";
import { memberJoined } from "../events.ts";
import { insertMember } from "../workspaces.store.ts";
import type { InvitedRole } from "./invitations.store.ts";
import { consumeInvitation, findInvitation } from "./invitations.store.ts";

/** What the holder of an invitation's link sees before accepting; never whether the address has an account. */
export type InvitationPreview = {
  workspaceName: string;
  email: string;
  role: InvitedRole;
  expiresAt: Date;
  /** False: only an account that the address has already can accept with this link. */
  makesAccount: boolean;
};

/** Throws `workspaces.invitation_not_found`. */
export async function previewInvitation(
  { database, clock }: InvitationDeps,
  token: string,
): Promise<InvitationPreview> {
  const row = await findInvitation(database.system, sha256(token), clock.now());
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
export async function acceptInvitation(
  { database, identity, clock }: InvitationDeps,
  order: { token: string; name: string; password: string },
  client: Client,
): Promise<SignedInResult> {
  const tokenHash = sha256(order.token);
  const found = await findInvitation(database.system, tokenHash, clock.now());
  if (found === null) throw invitationNotFound();
  const { email, role, proves, workspace_id: workspaceId } = found;
  const isNew = found.user_id === null && proves;
  if (isNew && order.name === "") throw nameMissing();
  const proven = isNew ? null : await identity.signIn({ email, password: order.password }, client);
  return database.system.transaction().execute(async (tx) => {
    if (!(await consumeInvitation(tx, tokenHash, clock.now()))) throw invitationNotFound();
    const session = proven ?? (await identity.createUser(tx, { ...order, email }, client));
    if (proves) await identity.confirmAddress(tx, session.userId);
    else if (!(await identity.isConfirmed(tx, session.userId))) throw addressUnconfirmed();
    if (!(await insertMember(tx, { workspaceId, userId: session.userId, role }))) throw alreadyMember();
    await append(tx, memberJoined, {
      actor: { kind: "system", workspaceId },
      targetId: session.userId,
      data: { role, invitationId: found.id },
    });
    return session;
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
