import { z } from "zod";
import { roles } from "#kit";
import { event, installationEvent } from "#platform/events";

const role = z.enum(roles);

export const workspaceSetUp = event("workspace.set_up", { target: "user" });
export const workspaceCreated = event("workspace.created", { target: "workspace" });
export const workspaceChanged = event("workspace.changed", {
  target: "workspace",
  data: z.object({
    name: z.string().optional(),
    timeZone: z.string().optional(),
    separateApprover: z.boolean().optional(),
    graceSeconds: z.number().optional(),
  }),
});
export const workspacePaused = event("workspace.paused", { target: "workspace" });
export const workspaceResumed = event("workspace.resumed", { target: "workspace" });

export const memberInvited = event("member.invited", {
  target: "invitation",
  data: z.object({ email: z.string(), role }),
});
export const memberJoined = event("member.joined", {
  target: "user",
  data: z.object({ role, invitationId: z.string() }),
});
export const memberRoleChanged = event("member.role_changed", {
  target: "user",
  data: z.object({ from: role, to: role }),
});
export const memberRemoved = event("member.removed", { target: "user", data: z.object({ role }) });

export const invitationRevoked = event("invitation.revoked", { target: "invitation" });
/** By an admin of the installation, whose address it is known to be. */
export const invitationVouchedFor = installationEvent("invitation.vouched_for", {
  target: "invitation",
  data: z.object({ email: z.string() }),
});
