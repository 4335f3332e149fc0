export const roles = ["owner", "admin", "editor", "approver", "viewer"] as const;
export type Role = (typeof roles)[number];

/** Who acts, in which workspace. Only a `person` can approve, whatever the role says. */
export type Actor = {
  kind: "person" | "agent";
  userId: string;
  name: string;
  email: string;
  sessionId: string;
  workspaceId: string;
  role: Role;
  /** The request that they act through, for the audit log. */
  requestId?: string;
};

/** What a route needs; `workspaces/permissions.ts` says which role may do what. */
export const permissions = [
  "workspace.read",
  "workspace.manage",
  "members.manage",
  "channels.read",
  "channels.manage",
  "posts.read",
  "posts.write",
  "posts.approve",
  "posts.publish",
  "usage.read",
] as const;
export type Permission = (typeof permissions)[number];
