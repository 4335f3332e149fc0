import type { ApiPart } from "#platform/features";
import { installationRoutes } from "./installation.routes.ts";
import type { Installation } from "./installation.ts";
import { securityRoutes } from "./security.routes.ts";

/** Its admins, its log, and what was refused. */
export function installationApi({ installation }: { installation: Installation }): ApiPart {
  return {
    routes: (app) => {
      installationRoutes(app, { installation });
      securityRoutes(app, { installation });
    },
  };
}
