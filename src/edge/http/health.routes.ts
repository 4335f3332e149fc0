import type { FastifyInstance } from "fastify";
import type { Health } from "#platform/health";

/** `/health`, `/ready` and `/metrics`, outside the versioned API and without a session. */
export function healthRoutes(app: FastifyInstance, { health }: { health: Health }): void {
  const config = { access: "public" } as const;
  const hidden = { hide: true };

  app.get("/health", { config, schema: hidden }, async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "live" }),
  );

  app.get("/ready", { config, schema: hidden }, async (_request, reply) => {
    const { ready, checks } = await health.ready();
    return reply
      .header("cache-control", "no-store")
      .code(ready ? 200 : 503)
      .send({ status: ready ? "ready" : "not ready", checks });
  });

  app.get("/metrics", { config, schema: hidden }, async (_request, reply) => {
    const { contentType, text } = await health.metrics();
    return reply.header("cache-control", "no-store").type(contentType).send(text);
  });
}
