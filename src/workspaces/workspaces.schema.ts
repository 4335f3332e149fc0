import { z } from "zod";
import { email, preferences } from "#contracts/identity";
import { permissions, roles } from "#kit";
import { auditPageOf, instant } from "#platform/wire";

const name = z.string().trim().min(1).max(100);
const timeZone = z.string().min(1).max(64).describe("An IANA name, such as Europe/Berlin.");
const password = z.string().min(1).max(1024);
const transport = z
  .enum(["cookie", "bearer"])
  .default("cookie")
  .describe("`bearer` answers with the header Set-Auth-Token instead of a cookie; for programs.");

export const setUpNeeded = z.object({
  needed: z.boolean(),
  tokenNeeded: z
    .boolean()
    .optional()
    .describe("Whether you have to bring the token from the server's terminal, in `Galley-Setup-Token`."),
});
export const setUpBody = z.object({ name, email, password, workspaceName: name, timeZone, transport });

export const workspace = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  separateApprover: z.boolean().describe("Author and approver must be two people."),
  graceSeconds: z.int().describe("How long overdue a delivery may be before it asks instead of going out."),
  pausedAt: instant.nullable().describe("Since when nothing of this workspace is sent."),
});
const role = z.enum(roles);
const invitedRole = z.enum(["admin", "editor", "approver", "viewer"]);

export const workspaceList = z.object({ items: z.array(workspace.extend({ role })) });
export const createWorkspaceBody = z.object({ name, timeZone });
export const updateWorkspaceBody = z.object({
  name: name.optional(),
  timeZone: timeZone.optional(),
  separateApprover: z.boolean().optional(),
  graceSeconds: z.int().min(60).max(604_800).optional(),
});

export const me = z.object({
  user: z.object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    isInstallationAdmin: z.boolean().describe("Decides about what concerns all workspaces."),
    language: preferences.shape.language,
  }),
  workspace: workspace.nullable(),
  role: role.nullable(),
  permissions: z.array(z.enum(permissions)),
  workspaces: z.array(workspace.extend({ role })),
});

export const memberList = z.object({
  items: z.array(
    z.object({ userId: z.uuid(), name: z.string(), email: z.string(), role, joinedAt: instant }),
  ),
});
export const memberParams = z.object({ userId: z.uuid() });
export const changeRoleBody = z.object({ role });

const invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role: invitedRole,
  expiresAt: instant,
  createdAt: instant,
});
export const invitationList = z.object({ items: z.array(invitation) });
export const inviteBody = z.object({ email, role: invitedRole });
export const invitationMade = invitation.extend({
  link: z
    .string()
    .nullable()
    .describe("Hand it to the person; it is told once and works once. Null where only the mail has one."),
  mailed: z.boolean().describe("A mail with a link of its own goes to the address."),
  makesAccount: z
    .boolean()
    .describe("False: lets in only who has an account; an admin may vouch for others."),
});
export const invitationToken = z.object({ token: z.string().min(1).max(200) });
export const invitationPreview = z.object({
  workspaceName: z.string(),
  email: z.string(),
  role: invitedRole,
  expiresAt: instant,
  makesAccount: z.boolean().describe("False: accept with the account that the address has."),
});
export const unprovenInvitations = z.object({
  items: z.array(z.object({ id: z.uuid(), email: z.string(), role: invitedRole, workspaceName: z.string() })),
});
export const invitationLink = z.object({ link: z.string() });
export const acceptInvitationBody = invitationToken.extend({ name: name.optional(), password, transport });

export const auditPage = auditPageOf(["person", "agent", "system"]);
