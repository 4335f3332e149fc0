import type { Identity } from "#identity";
import type { Installation } from "#installation";
import { clientOf, sendSession, sessionOpened } from "#identity/routes";
import type { App } from "#platform/wire";
import { actorOf, signedInOf } from "#platform/wire";
import { permissionsOf } from "./permissions.ts";
import type { Workspaces } from "./workspaces.ts";
import * as schema from "./workspaces.schema.ts";

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
  app.get(
    "/setup",
    {
      config: { access: "public" },
      schema: {
        operationId: "setUpNeeded",
        summary: "Whether this installation still needs its owner",
        tags: ["Set-up"],
        response: { 200: schema.setUpNeeded },
      },
    },
    async ({ isOwnMachine }) => {
      const needed = await identity.needsSetUp();
      return { needed, ...(needed && !isOwnMachine ? { tokenNeeded: true } : {}) };
    },
  );

  app.post(
    "/setup",
    {
      config: { access: "public", forSetUp: true, requestsPerMinute: 20, again: "there is an owner already" },
      schema: {
        operationId: "setUp",
        summary: "Make the owner and the first workspace, once",
        description:
          "From the server's own machine; from elsewhere with the header `Galley-Setup-Token`, which Galley prints at its start.",
        tags: ["Set-up"],
        body: schema.setUpBody,
        response: { 201: sessionOpened },
      },
    },
    async (request, reply) => {
      const session = await workspaces.setUpOwner(request.body, clientOf(request));
      return sendSession(reply, session, request.body.transport);
    },
  );
}

function personRoutes(app: App, { installation, workspaces }: WorkspaceRoutesOptions): void {
  app.get(
    "/me",
    {
      config: { access: "session" },
      schema: {
        operationId: "whoAmI",
        summary: "You, your workspaces, and what you may do in this one",
        tags: ["Workspaces"],
        response: { 200: schema.me },
      },
    },
    async (request) => {
      const { userId, name, email } = signedInOf(request);
      const [all, isInstallationAdmin] = await Promise.all([
        workspaces.list(userId),
        installation.isAdmin(userId),
      ]);
      const workspaceId = request.actor?.workspaceId;
      const current = all.find((workspace) => workspace.id === workspaceId) ?? null;
      return {
        user: { id: userId, name, email, isInstallationAdmin },
        workspace: current,
        role: current?.role ?? null,
        permissions: current === null ? [] : permissionsOf(current.role),
        workspaces: all,
      };
    },
  );

  app.get(
    "/workspaces",
    {
      config: { access: "session" },
      schema: {
        operationId: "listWorkspaces",
        summary: "The workspaces that you belong to",
        tags: ["Workspaces"],
        response: { 200: schema.workspaceList },
      },
    },
    async (request) => ({ items: await workspaces.list(signedInOf(request).userId) }),
  );

  app.post(
    "/workspaces",
    {
      config: { access: "session", idempotent: true },
      schema: {
        operationId: "createWorkspace",
        summary: "Make a workspace that you own",
        tags: ["Workspaces"],
        body: schema.createWorkspaceBody,
        response: { 201: schema.workspace },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await workspaces.create(signedInOf(request), request.body)),
  );
}

function settingsRoutes(app: App, { workspaces }: WorkspaceRoutesOptions): void {
  app.patch(
    "/workspace",
    {
      config: { access: "workspace.manage" },
      schema: {
        operationId: "updateWorkspace",
        summary: "Change the settings of this workspace",
        tags: ["Workspaces"],
        body: schema.updateWorkspaceBody,
        response: { 200: schema.workspace },
      },
    },
    (request) => workspaces.updateSettings(actorOf(request), request.body),
  );

  for (const [verb, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const) {
    app.post(
      `/workspace/${verb}`,
      {
        config: { access: "channels.manage", again: "it is so already" },
        schema: {
          operationId: `${verb}Workspace`,
          summary: paused
            ? "Send nothing of this workspace until it is resumed"
            : "Send again what this workspace has on its way",
          tags: ["Workspaces"],
          response: { 200: schema.workspace },
        },
      },
      (request) => workspaces.setPaused(actorOf(request), paused),
    );
  }
}
