import type { FastifyReply, FastifyRequest } from "fastify";
import { type IncomingHttpHeaders, request as openRequest } from "node:http";
import type { App } from "#platform/wire";

/** What a page needs; above all no cookie and no authorization, which are Galley's and not the target's. */
const passedHeaders = ["accept", "accept-language", "content-type", "content-length", "user-agent"];
const keptHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "set-cookie"]);

function chosen(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(passedHeaders.map((name) => [name, headers[name]]).filter(([, value]) => value));
}

function forward(target: string, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  const outgoing = openRequest(new URL(request.raw.url ?? "/", target), {
    method: request.method,
    headers: chosen(request.headers),
  });
  outgoing.on("response", (incoming) => {
    const headers = Object.entries(incoming.headers).filter(([name]) => !keptHeaders.has(name));
    reply.raw.writeHead(incoming.statusCode ?? 502, Object.fromEntries(headers));
    incoming.pipe(reply.raw);
  });
  outgoing.on("error", (error) => {
    request.log.warn({ err: error }, "a built-in platform did not answer");
    if (reply.raw.headersSent) reply.raw.destroy();
    else
      reply.raw
        .writeHead(502, { "content-type": "text/plain" })
        .end("The built-in platform does not answer.");
  });
  reply.raw.on("close", () => outgoing.destroy());
  request.raw.pipe(outgoing);
}

/** Serves a built-in platform of this machine below `prefix`, under the address that people know. */
export async function passOn(
  app: App,
  { prefix, target }: { prefix: string; target: string },
): Promise<void> {
  await app.register(async (scope) => {
    // Bodies travel through unread.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const url of [prefix, `${prefix}/*`]) {
      scope.route({
        method: ["GET", "POST", "PUT"],
        url,
        config: { access: "public" },
        schema: { hide: true },
        handler: (request, reply) => forward(target, request, reply),
      });
    }
  });
}
