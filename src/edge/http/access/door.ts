import type { FastifyInstance } from "fastify";
import { wantsPage } from "../problems/problem-page.ts";
import { createHostCheck, createOwnMachineCheck, betterAddress, type HostOptions } from "./hosts.ts";
import { targetOf } from "./request-target.ts";

/**
 * What every request meets first, whether a route waits for it or not: it asks for a plain path, under a name of
 * ours. A person who came by another name of this machine is led to the right one.
 */
export function keepDoor(app: FastifyInstance, options: HostOptions): void {
  const checkHost = createHostCheck(options);
  const isOwnMachine = createOwnMachineCheck(options.publicUrl);
  app.decorateRequest("isOwnMachine", false);

  app.addHook("onRequest", async (request, reply) => {
    targetOf(request.raw);
    checkHost(request.raw);
    request.isOwnMachine = isOwnMachine(request.raw);
    const better = wantsPage(request) ? betterAddress(options.publicUrl, request.raw) : null;
    if (better !== null) return reply.header("cache-control", "no-store").redirect(better, 307);
  });
}
