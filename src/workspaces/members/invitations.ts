import type { Client } from "#identity";
import type { Actor } from "#kit";
import type { Task } from "#platform/jobs";
import type { SignedIn } from "#platform/wire";
import type { InvitationDeps } from "../deps.ts";
import { acceptInvitation, previewInvitation } from "./accept-invitation.ts";
import type { InvitedRole } from "./invitations.store.ts";
import { listUnproven } from "./invitations.store.ts";
import {
  invite,
  listInvitations,
  mailInvitation,
  mailTask,
  revokeInvitation,
  vouchForInvitation,
} from "./invite.ts";

/** An invitation whose link proves no address, for admins of the installation. */
export type UnprovenInvitation = { id: string; email: string; role: InvitedRole; workspaceName: string };

/** Inviting people into a workspace, and joining it. */
export function createInvitations(deps: InvitationDeps) {
  const { database, clock, mail } = deps;
  const tasks: Record<string, Task> = { [mailTask]: mailInvitation(deps) };
  return {
    invitations: (actor: Actor) => listInvitations(deps, actor),
    invite: (actor: Actor, order: { email: string; role: InvitedRole }) => invite(deps, actor, order),
    revokeInvitation: (actor: Actor, id: string) => revokeInvitation(deps, actor, id),
    /** Of all workspaces; for admins of the installation, where no mail proves an address. */
    unprovenInvitations: async (): Promise<UnprovenInvitation[]> =>
      mail === null ? listUnproven(database.system, clock.now()) : [],
    vouchForInvitation: (admin: SignedIn, id: string) => vouchForInvitation(deps, admin, id),
    previewInvitation: (token: string) => previewInvitation(deps, token),
    acceptInvitation: (order: { token: string; name: string; password: string }, client: Client) =>
      acceptInvitation(deps, order, client),
    tasks,
  };
}
