import type { Actor } from "#kit";
import type { Sweep } from "#platform/jobs";
import type { DeskDeps } from "../deps.ts";
import type { SeriesRule } from "./rule.schema.ts";
import type { Moment } from "./rule.ts";
import {
  type PlannedDate,
  type SeriesSummary,
  type SeriesView,
  plannedDates,
  previewRule,
  readSeries,
  readSeriesList,
} from "./series.read.ts";
import * as verbs from "./series.ts";

/** Recurring posts. A person approves template and rule once; each occurrence is a post of its own. */
export type SeriesDesk = {
  list(actor: Actor): Promise<SeriesSummary[]>;
  read(actor: Actor, id: string): Promise<SeriesView>;
  planned(workspaceId: string, span: { from: Date; to: Date }): Promise<PlannedDate[]>;
  preview(rule: SeriesRule): { moments: Moment[]; clockChanges: Moment[] };
  create(actor: Actor, request: { postId: string; rule: SeriesRule; ahead: number }): Promise<string>;
  change(
    actor: Actor,
    id: string,
    change: { rule?: SeriesRule | undefined; ahead?: number | undefined },
  ): Promise<void>;
  approve(actor: Actor, id: string, seen: { boundHash: string; note: string }): Promise<void>;
  undoApproval(actor: Actor, id: string): Promise<void>;
  pause(actor: Actor, id: string): Promise<void>;
  resume(actor: Actor, id: string): Promise<void>;
  end(actor: Actor, id: string): Promise<void>;
  remove(actor: Actor, id: string): Promise<void>;
  /** Makes what lies ahead; runs in every worker. */
  sweep: Sweep;
};

export function createSeriesDesk(deps: DeskDeps): SeriesDesk {
  return {
    list: (actor) => readSeriesList(deps, actor),
    read: (actor, id) => readSeries(deps, actor, id),
    planned: (workspaceId, span) => plannedDates(deps, workspaceId, span),
    preview: (rule) => previewRule(rule, deps.clock.now()),
    create: (actor, request) => verbs.createSeries(deps, actor, request),
    change: (actor, id, change) => verbs.changeSeries(deps, actor, id, change),
    approve: (actor, id, seen) => verbs.approveSeries(deps, actor, id, seen),
    undoApproval: (actor, id) => verbs.undoSeriesApproval(deps, actor, id),
    pause: (actor, id) => verbs.pauseSeries(deps, actor, id),
    resume: (actor, id) => verbs.resumeSeries(deps, actor, id),
    end: (actor, id) => verbs.endSeries(deps, actor, id),
    remove: (actor, id) => verbs.removeSeries(deps, actor, id),
    sweep: {
      name: "desk.series",
      everyMs: 20_000,
      run: (signal) => verbs.materializeDueSeries(deps, signal),
    },
  };
}
