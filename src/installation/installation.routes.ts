import type { App } from "#platform/wire";
import { decodeIdCursor, encodeCursor, pageQuery, signedInOf } from "#platform/wire";
import type { Admin, Installation } from "./installation.ts";
import * as schema from "./installation.schema.ts";

const tags = ["Installation"];

/** Who decides about the installation, and what was done to it. */
export function installationRoutes(app: App, { installation }: { installation: Installation }): void {
  app.get(
    "/installation/admins",
    {
      config: { access: "installation" },
      schema: {
        operationId: "listInstallationAdmins",
        summary: "Who decides about this installation",
        tags,
        response: { 200: schema.adminList },
      },
    },
    async () => adminsView(await installation.admins()),
  );

  app.post(
    "/installation/admins",
    {
      config: { access: "installation", again: "they are an admin already" },
      schema: {
        operationId: "addInstallationAdmin",
        summary: "Name one more admin, by the address of an account",
        tags,
        body: schema.addAdminBody,
        response: { 200: schema.adminList },
      },
    },
    async (request) => {
      const { userId } = signedInOf(request);
      return adminsView(await installation.addAdmin({ kind: "person", userId }, request.body.email));
    },
  );

  app.delete(
    "/installation/admins/:userId",
    {
      config: { access: "installation" },
      schema: {
        operationId: "removeInstallationAdmin",
        summary: "Remove an admin; the last one stays",
        tags,
        params: schema.adminParams,
        response: { 200: schema.adminList },
      },
    },
    async (request) => {
      const { userId } = signedInOf(request);
      return adminsView(await installation.removeAdmin({ kind: "person", userId }, request.params.userId));
    },
  );

  app.get(
    "/installation/audit",
    {
      config: { access: "installation" },
      schema: {
        operationId: "listInstallationEvents",
        summary: "What was done to the installation and to accounts, newest first",
        tags,
        querystring: pageQuery,
        response: { 200: schema.eventPage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? null : decodeIdCursor(cursor);
      const events = await installation.events({ limit: limit + 1, before });
      const items = events.slice(0, limit).map((event) => ({ ...event, at: event.at.toISOString() }));
      const last = items.at(-1);
      return { items, next: events.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
    },
  );
}

function adminsView(admins: Admin[]) {
  return { items: admins.map((admin) => ({ ...admin, since: admin.since.toISOString() })) };
}
