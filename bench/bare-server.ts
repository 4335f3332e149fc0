import Fastify from "fastify";

// The floor of bench/startup.ts: a Fastify server with one route and nothing else.
const app = Fastify();
app.get("/ready", async () => ({ status: "ready" }));
process.stdout.write(`Galley is ready at ${await app.listen({ host: "127.0.0.1", port: 0 })}\n`);
