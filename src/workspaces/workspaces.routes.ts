import type { Identity } from "#identity";
import { clientOf, sendSession } from "#identity/routes";
import type { Installation } from "#installation";
import type { App } from "#platform/wire";
import { actorOf, serve, signedInOf } from "#platform/wire";
import { permissionsOf } from "./permissions.ts";
import { setUpContract, personContract, workspaceSettingsContract } from "./workspaces.contract.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

export type WorkspaceRoutesOptions = {
  identity: Identity;
  installation: Pick<Installation, "isAdmin">;
  workspaces: Workspaces;
};

/** Set-up, who you are, and workspaces with their settings. */
export function workspaceRoutes(app: App, options: WorkspaceRoutesOptions): void {
  setUpRoutes(app, options);
  personRoutes(app, options);
  settingsRoutes(app, options);
}

function setUpRoutes(app: App, { identity, workspaces }: WorkspaceRoutesOptions): void {
  serve(app, setUpContract, {
    setUpNeeded: async ({ isOwnMachine }) => {
      const needed = await identity.needsSetUp();
      return { needed, ...(needed && !isOwnMachine ? { tokenNeeded: true } : {}) };
    },

    setUp: async (request, reply) => {
      const session = await workspaces.setUpOwner(request.body, clientOf(request));
      return sendSession(reply, session, request.body.transport);
    },
  });
}

function personRoutes(app: App, { identity, installation, workspaces }: WorkspaceRoutesOptions): void {
  serve(app, personContract, {
    whoAmI: async (request) => {
      const { userId, name, email } = signedInOf(request);
      const [found, isInstallationAdmin, language] = await Promise.all([
        workspaces.list(userId),
        installation.isAdmin(userId),
        identity.chosenLanguage(userId),
      ]);
      const all = found.map(workspaceToWire);
      const workspaceId = request.actor?.workspaceId;
      const current = all.find((workspace) => workspace.id === workspaceId) ?? null;
      return {
        user: { id: userId, name, email, isInstallationAdmin, language },
        workspace: current,
        role: current?.role ?? null,
        permissions: current === null ? [] : permissionsOf(current.role),
        workspaces: all,
      };
    },

    listWorkspaces: async (request) => ({
      items: (await workspaces.list(signedInOf(request).userId)).map(workspaceToWire),
    }),

    createWorkspace: async (request, reply) => {
      const created = await workspaces.create(signedInOf(request), request.body);
      return reply.code(201).send(workspaceToWire(created));
    },
  });
}

function settingsRoutes(app: App, { workspaces }: WorkspaceRoutesOptions): void {
  serve(app, workspaceSettingsContract, {
    updateWorkspace: async (request) =>
      workspaceToWire(await workspaces.updateSettings(actorOf(request), request.body)),
    pauseWorkspace: async (request) => workspaceToWire(await workspaces.setPaused(actorOf(request), true)),
    resumeWorkspace: async (request) => workspaceToWire(await workspaces.setPaused(actorOf(request), false)),
  });
}

function workspaceToWire<Shown extends Workspace>(workspace: Shown) {
  return { ...workspace, pausedAt: workspace.pausedAt?.toISOString() ?? null };
}
