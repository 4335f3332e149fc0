import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./errors.ts";
import { machinePaths } from "./machine-paths.ts";
import { wantsPage } from "./problems/problem-page.ts";

/**
 * Serves the built dashboard from `directory`, with its entry page for every path that a person may open
 * or reload. Without a build the API still runs, and the pages say what to do.
 */
export async function serveDashboard(
  app: FastifyInstance,
  { directory }: { directory: string },
): Promise<void> {
  const built = existsSync(join(directory, "index.html"));
  if (built) {
    await app.register(async (scope) => {
      // The plugin registers routes of its own, all of them public files.
      scope.addHook("onRoute", (route) => {
        route.config = { ...route.config, access: "public" };
        route.schema = { ...route.schema, hide: true };
      });
      await scope.register(fastifyStatic, {
        root: directory,
        index: "index.html",
        wildcard: true,
        cacheControl: false,
        // The build has written a `.br` and a `.gz` beside each file.
        preCompressed: true,
        setHeaders: (reply, path) => {
          // Vite puts a hash of the content into the names under assets/. The entry page and the service worker are
          // asked for each time: so a browser learns of an update.
          const hashed = path.startsWith(join(directory, "assets"));
          reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
        },
      });
    });
  }

  app.setNotFoundHandler({}, (request, reply) => {
    if (request.method !== "POST" && wantsPage(request) && !machinePaths.test(request.url)) {
      if (built) return reply.header("cache-control", "no-cache").sendFile("index.html", directory);
      throw new HttpError({
        code: "http.no_dashboard",
        kind: "unavailable",
        message: "The dashboard is not built. Run npm run build:web, then open this page again.",
      });
    }
    throw new HttpError({
      code: "http.no_route",
      kind: "not_found",
      message: "There is nothing at this address. It may have been mistyped, or what was here is gone.",
    });
  });
}
