import type { ApiPart } from "#platform/features";
import { importRoutes } from "./api/imports.routes.ts";
import { mediaBytesRoutes, mediaRoutes } from "./api/media.routes.ts";
import { postRoutes } from "./api/posts.routes.ts";
import type { Desk } from "./desk.ts";
import type { Imports } from "./import/imports.ts";

/** Posts, their media, the queue and series. */
export function deskApi({ desk }: { desk: Desk }): ApiPart {
  return {
    routes: async (app) => {
      postRoutes(app, { desk });
      await mediaRoutes(app, { desk });
    },
    outside: (app) => mediaBytesRoutes(app, { desk }),
  };
}

/** CSV in and out. */
export function importsApi({ imports }: { imports: Imports }): ApiPart {
  return { routes: (app) => importRoutes(app, { imports }) };
}
