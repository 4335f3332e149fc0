import { clientOf, sendSession, sessionOpened } from "#identity/routes";
import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, idParams, pageQuery, signedInOf } from "#platform/wire";
import { z } from "zod";
import type { Workspaces } from "./workspaces.ts";
import * as schema from "./workspaces.schema.ts";

/** Members, invitations and the audit log of a workspace. */
export function memberRoutes(app: App, { workspaces }: { workspaces: Workspaces }): void {
  app.get(
    "/members",
    {
      config: { access: "workspace.read" },
      schema: {
        operationId: "listMembers",
        summary: "Who belongs to this workspace",
        tags: ["Members"],
        response: { 200: schema.memberList },
      },
    },
    async (request) => {
      const members = await workspaces.members(actorOf(request));
      return { items: members.map((member) => ({ ...member, joinedAt: member.joinedAt.toISOString() })) };
    },
  );

  app.patch(
    "/members/:userId",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "changeRole",
        summary: "Give a member another role",
        tags: ["Members"],
        params: schema.memberParams,
        body: schema.changeRoleBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await workspaces.changeRole(actorOf(request), request.params.userId, request.body.role);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    "/members/:userId",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "removeMember",
        summary: "End a membership",
        tags: ["Members"],
        params: schema.memberParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await workspaces.removeMember(actorOf(request), request.params.userId);
      return reply.code(204).send(null);
    },
  );

  invitationRoutes(app, workspaces);

  app.get(
    "/audit",
    {
      config: { access: "workspace.manage" },
      schema: {
        operationId: "listAuditEvents",
        summary: "Who did what, newest first",
        tags: ["Audit"],
        querystring: pageQuery,
        response: { 200: schema.auditPage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? null : decodeIdCursor(cursor);
      const events = await workspaces.events(actorOf(request), { limit: limit + 1, before });
      const items = events.slice(0, limit).map((event) => ({ ...event, at: event.at.toISOString() }));
      const last = items.at(-1);
      return { items, next: events.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
    },
  );
}

function invitationRoutes(app: App, workspaces: Workspaces): void {
  app.get(
    "/invitations",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "listInvitations",
        summary: "Invitations that can still be used",
        tags: ["Members"],
        response: { 200: schema.invitationList },
      },
    },
    async (request) => {
      const invitations = await workspaces.invitations(actorOf(request));
      return { items: invitations.map(invitationView) };
    },
  );

  app.post(
    "/invitations",
    {
      config: { access: "members.manage", again: "another link, which is told once and not kept" },
      schema: {
        operationId: "invite",
        summary: "Mail, or hand over, a link that lets one person join",
        tags: ["Members"],
        body: schema.inviteBody,
        response: { 201: schema.invitationMade },
      },
    },
    async (request, reply) => {
      const invitation = await workspaces.invite(actorOf(request), request.body);
      return reply.code(201).send(invitationView(invitation));
    },
  );

  app.delete(
    "/invitations/:id",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "revokeInvitation",
        summary: "Take an invitation back",
        tags: ["Members"],
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await workspaces.revokeInvitation(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  vouchingRoutes(app, workspaces);

  app.get(
    "/invitations/accept",
    {
      config: { access: "public", requestsPerMinute: 60 },
      schema: {
        operationId: "previewInvitation",
        summary: "What an invitation's link is for",
        tags: ["Members"],
        querystring: schema.invitationToken,
        response: { 200: schema.invitationPreview },
      },
    },
    async (request) => {
      const preview = await workspaces.previewInvitation(request.query.token);
      return { ...preview, expiresAt: preview.expiresAt.toISOString() };
    },
  );

  app.post(
    "/invitations/accept",
    {
      config: { access: "public", requestsPerMinute: 20, again: "the link is used up" },
      schema: {
        operationId: "acceptInvitation",
        summary: "Join a workspace",
        tags: ["Members"],
        body: schema.acceptInvitationBody,
        response: { 201: sessionOpened },
      },
    },
    async (request, reply) => {
      const { name = "", ...order } = request.body;
      const session = await workspaces.acceptInvitation({ ...order, name }, clientOf(request));
      return sendSession(reply, session, request.body.transport);
    },
  );
}

function vouchingRoutes(app: App, workspaces: Workspaces): void {
  app.get(
    "/installation/invitations",
    {
      config: { access: "installation" },
      schema: {
        operationId: "listUnprovenInvitations",
        summary: "Invitations that let in only who has an account, because no mail proves the address",
        tags: ["Installation"],
        response: { 200: schema.unprovenInvitations },
      },
    },
    async () => ({ items: await workspaces.unprovenInvitations() }),
  );

  app.post(
    "/installation/invitations/:id/vouch",
    {
      config: { access: "installation", again: "another link, which is told once and not kept" },
      schema: {
        operationId: "vouchForInvitation",
        summary: "Vouch for an address: a new link, for its person alone, that makes an account",
        tags: ["Installation"],
        params: idParams,
        response: { 200: schema.invitationLink },
      },
    },
    async (request) => ({
      link: await workspaces.vouchForInvitation(signedInOf(request), request.params.id),
    }),
  );
}

function invitationView<View extends { expiresAt: Date; createdAt: Date }>(invitation: View) {
  return {
    ...invitation,
    expiresAt: invitation.expiresAt.toISOString(),
    createdAt: invitation.createdAt.toISOString(),
  };
}
