import type { App } from "#platform/wire";
import { actorOf, idParams, pageQuery } from "#platform/wire";
import type { Agent } from "./agent.ts";
import { drafterSchema, draftsBody, runPage, runSchema, runToWire, summaryToWire } from "./runs.schema.ts";

const tags = ["Agent"];
/** Above the longest source, so that a source that is too long is answered in words and not by a closed socket. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** Drafts from material, and the runs that make them. */
export function agentRoutes(app: App, { agent }: { agent: Agent }): void {
  app.post(
    "/drafts",
    {
      bodyLimit: BODY_LIMIT,
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "createDrafts",
        summary: "Read a source and draft a post for the chosen channels",
        tags,
        body: draftsBody,
        response: { 202: runSchema },
      },
    },
    async (request, reply) => {
      const { source, channelIds, tone } = request.body;
      const run = await agent.start(actorOf(request), { source, channelIds, tone: tone ?? null });
      return reply.code(202).header("location", `/api/v1/runs/${run.id}`).send(runToWire(run));
    },
  );

  app.get(
    "/runs",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listRuns",
        summary: "Runs of the agent, newest first",
        tags,
        querystring: pageQuery,
        response: { 200: runPage },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const page = await agent.list(actorOf(request).workspaceId, { cursor, limit });
      return { items: page.items.map(summaryToWire), next: page.next };
    },
  );

  app.get(
    "/runs/:id",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getRun",
        summary: "A run with its steps, those to come included",
        tags,
        params: idParams,
        response: { 200: runSchema },
      },
    },
    async (request) => runToWire(await agent.read(actorOf(request).workspaceId, request.params.id)),
  );

  app.post(
    "/runs/:id/cancel",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "cancelRun",
        summary: "Stop a run",
        tags,
        params: idParams,
        response: { 200: runSchema },
      },
    },
    async (request) => runToWire(await agent.cancel(actorOf(request), request.params.id)),
  );

  app.get(
    "/drafters",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getDrafter",
        summary: "Who drafts: the built-in drafter or the configured model",
        tags,
        response: { 200: drafterSchema },
      },
    },
    async () => agent.drafter,
  );
}
