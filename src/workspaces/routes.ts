import type { Identity } from "#identity";
import type { Installation } from "#installation";
import type { ApiPart } from "#platform/features";
import { memberRoutes } from "./members/members.routes.ts";
import { workspaceRoutes } from "./workspaces.routes.ts";
import type { Workspaces } from "./workspaces.ts";

type Needs = { identity: Identity; installation: Installation; workspaces: Workspaces };

/** Setting up, workspaces and their settings, members and invitations. */
export function workspacesApi(needs: Needs): ApiPart {
  return {
    routes: (app) => {
      workspaceRoutes(app, needs);
      memberRoutes(app, needs);
    },
  };
}
