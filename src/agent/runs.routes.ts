import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Agent } from "./agent.ts";
import { runsContract } from "./runs.contract.ts";
import { runToWire, summaryToWire } from "./runs.schema.ts";

/** Drafts from material, and the runs that make them. */
export function agentRoutes(app: App, { agent }: { agent: Agent }): void {
  serve(app, runsContract, {
    createDrafts: async (request, reply) => {
      const { source, channelIds, tone } = request.body;
      const run = await agent.start(actorOf(request), { source, channelIds, tone: tone ?? null });
      return reply.code(202).header("location", `/api/v1/runs/${run.id}`).send(runToWire(run));
    },

    listRuns: async (request) => {
      const { cursor, limit } = request.query;
      const page = await agent.list(actorOf(request).workspaceId, { cursor, limit });
      return { items: page.items.map(summaryToWire), next: page.next };
    },

    getRun: async (request) => runToWire(await agent.read(actorOf(request).workspaceId, request.params.id)),

    cancelRun: async (request) => runToWire(await agent.cancel(actorOf(request), request.params.id)),

    getDrafter: async () => agent.drafter,
  });
}
