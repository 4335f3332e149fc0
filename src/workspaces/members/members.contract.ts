import { z } from "zod";
import { sessionOpened } from "#contracts/identity";
import { contract, idParams, pageQuery } from "#platform/wire";
import * as schema from "../workspaces.schema.ts";

export const membersContract = contract({
  listMembers: {
    method: "GET",
    path: "/members",
    access: "workspace.read",
    summary: "Who belongs to this workspace",
    tags: ["Members"],
    answers: { 200: schema.memberList },
  },

  changeRole: {
    method: "PATCH",
    path: "/members/:userId",
    access: "members.manage",
    summary: "Give a member another role",
    tags: ["Members"],
    params: schema.memberParams,
    body: schema.changeRoleBody,
    answers: { 204: z.null() },
  },

  removeMember: {
    method: "DELETE",
    path: "/members/:userId",
    access: "members.manage",
    summary: "End a membership",
    tags: ["Members"],
    params: schema.memberParams,
    answers: { 204: z.null() },
  },

  listAuditEvents: {
    method: "GET",
    path: "/audit",
    access: "workspace.manage",
    summary: "Who did what, newest first",
    tags: ["Audit"],
    query: pageQuery,
    answers: { 200: schema.auditPage },
  },
});

export const invitationsContract = contract({
  listInvitations: {
    method: "GET",
    path: "/invitations",
    access: "members.manage",
    summary: "Invitations that can still be used",
    tags: ["Members"],
    answers: { 200: schema.invitationList },
  },

  invite: {
    method: "POST",
    path: "/invitations",
    access: "members.manage",
    again: "another link, which is told once and not kept",
    summary: "Mail, or hand over, a link that lets one person join",
    tags: ["Members"],
    body: schema.inviteBody,
    answers: { 201: schema.invitationMade },
  },

  revokeInvitation: {
    method: "DELETE",
    path: "/invitations/:id",
    access: "members.manage",
    summary: "Take an invitation back",
    tags: ["Members"],
    params: idParams,
    answers: { 204: z.null() },
  },

  previewInvitation: {
    method: "GET",
    path: "/invitations/accept",
    access: "public",
    requestsPerMinute: 60,
    summary: "What an invitation's link is for",
    tags: ["Members"],
    query: schema.invitationToken,
    answers: { 200: schema.invitationPreview },
  },

  acceptInvitation: {
    method: "POST",
    path: "/invitations/accept",
    access: "public",
    requestsPerMinute: 20,
    again: "the link is used up",
    summary: "Join a workspace",
    tags: ["Members"],
    body: schema.acceptInvitationBody,
    answers: { 201: sessionOpened },
  },
});

export const vouchingContract = contract({
  listUnprovenInvitations: {
    method: "GET",
    path: "/installation/invitations",
    access: "installation",
    summary: "Invitations that let in only who has an account, because no mail proves the address",
    tags: ["Installation"],
    answers: { 200: schema.unprovenInvitations },
  },

  vouchForInvitation: {
    method: "POST",
    path: "/installation/invitations/:id/vouch",
    access: "installation",
    again: "another link, which is told once and not kept",
    summary: "Vouch for an address: a new link, for its person alone, that makes an account",
    tags: ["Installation"],
    params: idParams,
    answers: { 200: schema.invitationLink },
  },
});
