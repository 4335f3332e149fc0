import type { IncomingHttpHeaders } from "node:http";
import { pipeline } from "node:stream/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createForwarder, type Forwarder } from "#platform/http-client";
import type { App } from "#platform/wire";
import { targetOf } from "./access/request-target.ts";

/** What a page needs; above all no cookie and no authorization, which are Galley's and not the target's. */
const passedHeaders = ["accept", "accept-language", "content-type", "content-length", "user-agent"];
const keptHeaders = new Set(["connection", "keep-alive", "transfer-encoding", "set-cookie"]);

function chosen(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(passedHeaders.map((name) => [name, headers[name]]).filter(([, value]) => value));
}

async function pass(forward: Forwarder, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = targetOf(request.raw);
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const { method, raw: body } = request;
  const headers = chosen(request.headers);
  reply.hijack();
  try {
    const answer = await forward({ method, path, headers, body, signal: gone.signal });
    const kept = Object.entries(answer.headers).filter(([name]) => !keptHeaders.has(name));
    reply.raw.writeHead(answer.status, Object.fromEntries(kept));
    await pipeline(answer.body, reply.raw);
  } catch (error) {
    if (gone.signal.aborted) return;
    request.log.warn({ err: error }, "a built-in platform did not answer");
    if (reply.raw.headersSent) reply.raw.destroy();
    else
      reply.raw
        .writeHead(502, { "content-type": "text/plain" })
        .end("The built-in platform does not answer.");
  }
}

/** A built-in platform: where people find it, where it runs, and who may look at it. */
type PassedOn = { prefix: string; target: string; access?: "own-machine" | "operator" };

/** Serves a built-in platform of this machine below `prefix`, under the address that people know. */
export async function passOn(app: App, { prefix, target, access = "own-machine" }: PassedOn): Promise<void> {
  const forward = createForwarder({ target, prefix });
  await app.register(async (scope) => {
    // Bodies travel through unread.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const url of [prefix, `${prefix}/*`]) {
      scope.route({
        method: ["GET", "POST", "PUT"],
        url,
        config: { access },
        schema: { hide: true },
        handler: (request, reply) => pass(forward, request, reply),
      });
    }
  });
}
