import { feature } from "#platform/features";
import type { Jobs } from "#platform/jobs";
import type { MailSender } from "#platform/mail";
import { createWorkspaces, type WorkspacesOptions } from "./workspaces.ts";

type Needs = Omit<WorkspacesOptions, "mail"> & { sender: MailSender | null; jobs: Jobs };

/** Workspaces, who belongs to them, and with which role. */
export const workspacesFeature = feature({
  name: "workspaces",
  needs: ["database", "identity", "installation", "clock", "publicUrl", "sender", "jobs"],
  make: ({ sender, jobs, ...deps }: Needs) => createWorkspaces({ ...deps, mail: sender && { sender, jobs } }),
  worker: ({ tasks }) => ({ tasks }),
  api: async () => (await import("./routes.ts")).workspacesApi,
});
