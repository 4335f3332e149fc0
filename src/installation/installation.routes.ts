import type { App } from "#platform/wire";
import { decodeIdCursor, encodeCursor, serve, signedInOf } from "#platform/wire";
import { installationContract } from "./installation.contract.ts";
import type { Admin, Installation } from "./installation.ts";

/** Who decides about the installation, and what was done to it. */
export function installationRoutes(app: App, { installation }: { installation: Installation }): void {
  serve(app, installationContract, {
    listInstallationAdmins: async () => adminsView(await installation.admins()),

    addInstallationAdmin: async (request) => {
      const { userId } = signedInOf(request);
      return adminsView(await installation.addAdmin({ kind: "person", userId }, request.body.email));
    },

    removeInstallationAdmin: async (request) => {
      const { userId } = signedInOf(request);
      return adminsView(await installation.removeAdmin({ kind: "person", userId }, request.params.userId));
    },

    listInstallationEvents: async (request) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? null : decodeIdCursor(cursor);
      const events = await installation.events({ limit: limit + 1, before });
      const items = events.slice(0, limit).map((event) => ({ ...event, at: event.at.toISOString() }));
      const last = items.at(-1);
      return { items, next: events.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
    },
  });
}

function adminsView(admins: Admin[]) {
  return { items: admins.map((admin) => ({ ...admin, since: admin.since.toISOString() })) };
}
