import type { Actor } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { ruleWords } from "../series/rule-words.ts";
import { ruleProblems } from "../series/rule.ts";
import type { SeriesDesk } from "../series/series-desk.ts";
import { seriesContract, seriesWriteContract } from "./series.contract.ts";
import { momentToWire, plannedToWire, seriesToWire, summaryToWire } from "./series.wire.ts";

/** Recurring posts: make, approve once, pause, end. */
export function seriesRoutes(app: App, series: SeriesDesk): void {
  readRoutes(app, series);
  writeRoutes(app, series);
}

function readRoutes(app: App, series: SeriesDesk): void {
  serve(app, seriesContract, {
    listSeries: async (request) => ({ items: (await series.list(actorOf(request))).map(summaryToWire) }),

    listPlannedDates: async (request) => {
      const { from, to } = request.query;
      const span = { from: new Date(from), to: new Date(to) };
      return { items: (await series.planned(actorOf(request).workspaceId, span)).map(plannedToWire) };
    },

    getSeries: (request) => answer(series, actorOf(request), request.params.id),

    previewSeries: (request) => {
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
  });
}

function writeRoutes(app: App, series: SeriesDesk): void {
  serve(app, seriesWriteContract, {
    createSeries: async (request, reply) => {
      const actor = actorOf(request);
      const id = await series.create(actor, request.body);
      return reply.code(201).send(await answer(series, actor, id));
    },

    changeSeries: async (request) => {
      const actor = actorOf(request);
      await series.change(actor, request.params.id, request.body);
      return answer(series, actor, request.params.id);
    },

    approveSeries: async (request) => {
      const actor = actorOf(request);
      await series.approve(actor, request.params.id, request.body);
      return answer(series, actor, request.params.id);
    },

    undoSeriesApproval: async (request) => {
      const actor = actorOf(request);
      await series.undoApproval(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },

    pauseSeries: async (request) => {
      const actor = actorOf(request);
      await series.pause(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },

    resumeSeries: async (request) => {
      const actor = actorOf(request);
      await series.resume(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },

    endSeries: async (request) => {
      const actor = actorOf(request);
      await series.end(actor, request.params.id);
      return answer(series, actor, request.params.id);
    },

    removeSeries: async (request, reply) => {
      await series.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}

async function answer(series: SeriesDesk, actor: Actor, id: string) {
  return seriesToWire(await series.read(actor, id));
}
