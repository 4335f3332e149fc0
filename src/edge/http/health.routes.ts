import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Health } from "#platform/health";

export type HealthRoutesOptions = {
  health: Health;
  /** Whether a caller may read more than that something is wrong. */
  mayLookInside: (request: FastifyRequest) => Promise<boolean>;
};

/** `/health`, `/ready` and `/metrics`, outside the versioned API and without a session. */
export function healthRoutes(app: FastifyInstance, { health, mayLookInside }: HealthRoutesOptions): void {
  const config = { access: "public" } as const;
  const hidden = { hide: true };

  app.get("/health", { config, schema: hidden }, async (_request, reply) =>
    reply.header("cache-control", "no-store").send({ status: "live" }),
  );

  app.get("/ready", { config, schema: hidden }, async (request, reply) => {
    const { ready, checks } = await health.ready();
    const status = ready ? "ready" : "not ready";
    const answer = (await mayLookInside(request)) ? { status, checks } : { status };
    return reply
      .header("cache-control", "no-store")
      .code(ready ? 200 : 503)
      .send(answer);
  });

  app.get("/metrics", { config: { access: "own-machine" }, schema: hidden }, async (_request, reply) => {
    const { contentType, text } = await health.metrics();
    return reply.header("cache-control", "no-store").type(contentType).send(text);
  });
}
