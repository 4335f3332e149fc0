import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { referencePage } from "./reference-page.ts";

/** `/docs` to try the API out, `/redoc` to read it: one page without scripts. Both work offline. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    // The plugin's routes are public files.
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "public" };
    });
    await scope.register(swaggerUi, {
      routePrefix: "/docs",
      theme: {
        title: "Galley API",
        css: [{ filename: "galley.css", content: ".swagger-ui .topbar { display: none }" }],
      },
      uiConfig: { docExpansion: "list", deepLinking: true, tryItOutEnabled: true },
    });
  });

  let page: string | null = null;
  app.get("/redoc", { config: { access: "public" }, schema: { hide: true } }, (_request, reply) => {
    page ??= referencePage(app.swagger());
    return reply.type("text/html; charset=utf-8").send(page);
  });
}
