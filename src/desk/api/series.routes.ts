import type { Actor, Permission } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import { approveBody } from "./posts.schema.ts";
import { ruleWords } from "../series/rule-words.ts";
import { ruleProblems } from "../series/rule.ts";
import type { SeriesDesk } from "../series/series-desk.ts";
import * as schema from "./series.schema.ts";
import { momentToWire, plannedToWire, seriesToWire, summaryToWire } from "./series.wire.ts";

/** Recurring posts: make, approve once, pause, end. */
export function seriesRoutes(app: App, series: SeriesDesk): void {
  readRoutes(app, series);
  writeRoutes(app, series);
}

function readRoutes(app: App, series: SeriesDesk): void {
  app.get(
    "/series",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listSeries",
        summary: "Recurring posts, newest first",
        tags: ["Series"],
        response: { 200: schema.seriesList },
      },
    },
    async (request) => ({ items: (await series.list(actorOf(request))).map(summaryToWire) }),
  );

  app.get(
    "/series/planned",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listPlannedDates",
        summary: "Dates of series in a span of time that are not made yet, for a calendar",
        tags: ["Series"],
        querystring: schema.plannedQuery,
        response: { 200: schema.plannedList },
      },
    },
    async (request) => {
      const { from, to } = request.query;
      const span = { from: new Date(from), to: new Date(to) };
      return { items: (await series.planned(actorOf(request).workspaceId, span)).map(plannedToWire) };
    },
  );

  app.get(
    "/series/:id",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getSeries",
        summary: "A series with its dates, what an approval would bind, and what you may do with it",
        tags: ["Series"],
        params: idParams,
        response: { 200: schema.series },
      },
    },
    (request) => answer(series, actorOf(request), request.params.id),
  );

  app.post(
    "/series/preview",
    {
      config: { access: "posts.read", again: "it only looks" },
      schema: {
        operationId: "previewSeries",
        summary: "What a rule means in words and dates; nothing is saved",
        tags: ["Series"],
        body: schema.previewBody,
        response: { 200: schema.rulePreview },
      },
    },
    (request) => {
      const { rule } = request.body;
      const problems = ruleProblems(rule);
      const { moments, clockChanges } =
        problems.length > 0 ? { moments: [], clockChanges: [] } : series.preview(rule);
      return {
        words: ruleWords(rule),
        problems,
        moments: moments.map(momentToWire),
        clockChanges: clockChanges.map(momentToWire),
      };
    },
  );
}

function writeRoutes(app: App, series: SeriesDesk): void {
  app.post(
    "/series",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "createSeries",
        summary: "Repeat a post: its content becomes the template of a series",
        tags: ["Series"],
        body: schema.createBody,
        response: { 201: schema.series },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const id = await series.create(actor, request.body);
      return reply.code(201).send(await answer(series, actor, id));
    },
  );

  const change = route("posts.write", "changeSeries", "Change the rule; a changed rule needs a new approval");
  app.patch(
    "/series/:id",
    {
      config: { access: change.config.access },
      schema: { ...change.schema, body: schema.changeBody },
    },
    async (request) => {
      const actor = actorOf(request);
      await series.change(actor, request.params.id, request.body);
      return answer(series, actor, request.params.id);
    },
  );

  const approve = route(
    "posts.approve",
    "approveSeries",
    "Approve template and rule: every occurrence of them",
  );
  app.post(
    "/series/:id/approve",
    { ...approve, schema: { ...approve.schema, body: approveBody } },
    async (request) => {
      const actor = actorOf(request);
      await series.approve(actor, request.params.id, request.body);
      return answer(series, actor, request.params.id);
    },
  );

  app.post(
    "/series/:id/approve/undo",
    route("posts.approve", "undoSeriesApproval", "Take back the approval that you gave a moment ago"),
    async (request) => {
      const actor = actorOf(request);
      await series.undoApproval(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },
  );

  app.post(
    "/series/:id/pause",
    route("posts.publish", "pauseSeries", "Hold a series; dates meanwhile are left out"),
    async (request) => {
      const actor = actorOf(request);
      await series.pause(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },
  );

  app.post(
    "/series/:id/resume",
    route("posts.publish", "resumeSeries", "Go on with the next date"),
    async (request) => {
      const actor = actorOf(request);
      await series.resume(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },
  );

  app.post(
    "/series/:id/end",
    route("posts.publish", "endSeries", "End a series; what has not left is taken back"),
    async (request) => {
      const actor = actorOf(request);
      await series.end(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },
  );

  app.delete(
    "/series/:id",
    {
      config: { access: "posts.publish" },
      schema: {
        operationId: "removeSeries",
        summary: "End a series and put it away; what was published stays",
        tags: ["Series"],
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await series.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

async function answer(series: SeriesDesk, actor: Actor, id: string) {
  return seriesToWire(await series.read(actor, id));
}

function route(access: Permission, operationId: string, summary: string) {
  return {
    config: { access, idempotent: true as const },
    schema: { operationId, summary, tags: ["Series"], params: idParams, response: { 200: schema.series } },
  };
}
