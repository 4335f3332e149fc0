export type { Member } from "./members/members.ts";
export { can, permissionsOf } from "./permissions.ts";
export { timeZoneProblem } from "./time-zone.ts";
export type { Workspace, Workspaces, WorkspacesOptions } from "./workspaces.ts";
export { createWorkspaces } from "./workspaces.ts";
export { WorkspaceError } from "./errors.ts";
export { workspacesFeature } from "./feature.ts";
