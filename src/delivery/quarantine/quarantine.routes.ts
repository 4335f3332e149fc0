import type { Installation } from "#installation";
import type { App } from "#platform/wire";
import { serve, signedInOf } from "#platform/wire";
import { quarantineContract } from "./quarantine.contract.ts";
import type { Quarantine } from "./quarantine.ts";

/** The whole installation sends nothing after its history was lost, until what was sent is known. */
export function quarantineRoutes(
  app: App,
  { quarantine, installation }: { quarantine: Quarantine; installation: Pick<Installation, "isAdmin"> },
): void {
  serve(app, quarantineContract, {
    readQuarantine: async (request) => {
      const mayKnow = await installation.isAdmin(signedInOf(request).userId);
      return mayKnow ? quarantine.view() : { active: await quarantine.isActive() };
    },

    startQuarantine: (request) => quarantine.enter(signedInOf(request), new Date(request.body.since)),

    releaseQuarantine: (request) => quarantine.release(signedInOf(request), request.body ?? {}),
  });
}
