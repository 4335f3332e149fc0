import type { ApiPart } from "#platform/features";
import type { Identity } from "./identity.ts";
import { passwordRoutes } from "./passwords/passwords.routes.ts";
import { preferenceRoutes } from "./preferences/preferences.routes.ts";
import { sessionRoutes } from "./sessions/sessions.routes.ts";

export { clientOf } from "./client.ts";
export { sendSession } from "./sessions/sessions.routes.ts";
export { sessionCookieName } from "./settings.ts";

/** Signing in and out, devices, passwords, and preferences. */
export function identityApi({ identity }: { identity: Identity }): ApiPart {
  return {
    routes: (app) => {
      sessionRoutes(app, { identity });
      passwordRoutes(app, { identity });
      preferenceRoutes(app, { identity });
    },
  };
}
