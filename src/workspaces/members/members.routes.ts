import { clientOf, sendSession } from "#identity/routes";
import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, serve, signedInOf } from "#platform/wire";
import type { Workspaces } from "../workspaces.ts";
import { membersContract, invitationsContract, vouchingContract } from "./members.contract.ts";

/** Members, invitations and the audit log of a workspace. */
export function memberRoutes(app: App, { workspaces }: { workspaces: Workspaces }): void {
  serve(app, membersContract, {
    listMembers: async (request) => {
      const members = await workspaces.members(actorOf(request));
      return { items: members.map((member) => ({ ...member, joinedAt: member.joinedAt.toISOString() })) };
    },

    changeRole: async (request, reply) => {
      await workspaces.changeRole(actorOf(request), request.params.userId, request.body.role);
      return reply.code(204).send(null);
    },

    removeMember: async (request, reply) => {
      await workspaces.removeMember(actorOf(request), request.params.userId);
      return reply.code(204).send(null);
    },

    listAuditEvents: async (request) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? null : decodeIdCursor(cursor);
      const events = await workspaces.events(actorOf(request), { limit: limit + 1, before });
      const items = events.slice(0, limit).map((event) => ({ ...event, at: event.at.toISOString() }));
      const last = items.at(-1);
      return { items, next: events.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
    },
  });

  invitationRoutes(app, workspaces);
}

function invitationRoutes(app: App, workspaces: Workspaces): void {
  serve(app, invitationsContract, {
    listInvitations: async (request) => {
      const invitations = await workspaces.invitations(actorOf(request));
      return { items: invitations.map(invitationView) };
    },

    invite: async (request, reply) => {
      const invitation = await workspaces.invite(actorOf(request), request.body);
      return reply.code(201).send(invitationView(invitation));
    },

    revokeInvitation: async (request, reply) => {
      await workspaces.revokeInvitation(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },

    previewInvitation: async (request) => {
      const preview = await workspaces.previewInvitation(request.query.token);
      return { ...preview, expiresAt: preview.expiresAt.toISOString() };
    },

    acceptInvitation: async (request, reply) => {
      const { name = "", ...order } = request.body;
      const session = await workspaces.acceptInvitation({ ...order, name }, clientOf(request));
      return sendSession(reply, session, request.body.transport);
    },
  });

  vouchingRoutes(app, workspaces);
}

function vouchingRoutes(app: App, workspaces: Workspaces): void {
  serve(app, vouchingContract, {
    listUnprovenInvitations: async () => ({ items: await workspaces.unprovenInvitations() }),

    vouchForInvitation: async (request) => ({
      link: await workspaces.vouchForInvitation(signedInOf(request), request.params.id),
    }),
  });
}

function invitationView<View extends { expiresAt: Date; createdAt: Date }>(invitation: View) {
  return {
    ...invitation,
    expiresAt: invitation.expiresAt.toISOString(),
    createdAt: invitation.createdAt.toISOString(),
  };
}
