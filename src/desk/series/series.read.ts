import type { Kysely } from "kysely";
import { CompiledQuery, sql } from "kysely";
import { Temporal } from "temporal-polyfill";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import type { VariantCheck } from "../model/check.ts";
import type { PostStatus } from "../model/post.ts";
import { selfAuthoredSeries } from "../model/self-authored.read.ts";
import { loadPost } from "../posts/load.ts";
import { type Occurrence, occurrencesFrom } from "./occurrences.store.ts";
import type { SeriesRule } from "./rule.schema.ts";
import { type Moment, localDate, momentOf, momentsAfter } from "./rule.ts";
import { isSelfAuthoredSeries, selfAuthoredReason } from "./self-authored.ts";
import { type SeriesApproval, newestApproval } from "./series-approvals.store.ts";
import { seriesHash, seriesHashAsApproved } from "./series-hash.ts";
import {
  type SeriesAction,
  seriesActions,
  seriesNotFound,
  seriesRefusal,
  undoRefusal,
} from "./series.rules.ts";
import { type SeriesRow, findSeries, listSeries } from "./series.store.ts";

/** A date of a series: planned, or made as a post, or past without one. */
type SeriesDate = Moment & {
  postId: string | null;
  status: PostStatus | null;
  /** Where a person moved it: the post's own time. */
  scheduledAt: Date | null;
  follows: boolean;
  reason: string | null;
};

type Channel = { channelId: string; connector: string; handle: string };

export type SeriesSummary = {
  id: string;
  templateId: string;
  title: string;
  state: SeriesRow["state"];
  rule: SeriesRule;
  approved: boolean;
  /** Not for this person to approve: they wrote or changed part of it, and the workspace asks for somebody else. */
  ownWords: boolean;
  channels: Channel[];
  next: Date | null;
};

export type SeriesView = SeriesSummary & {
  ahead: number;
  templateVersion: number;
  checks: VariantCheck[];
  boundHash: string;
  approval: SeriesApproval | null;
  dates: SeriesDate[];
  /** Dates of the next two years on which clocks change around the time, and what it means then. */
  clockChanges: Moment[];
  allowed: SeriesAction[];
  refused: { action: SeriesAction; reason: string }[];
  createdAt: Date;
  updatedAt: Date;
};

/** A series with what its page shows and what this person may do with it. */
export async function readSeries(deps: DeskDeps, actor: Actor, id: string): Promise<SeriesView> {
  const { workspaceId } = actor;
  return deps.database.inWorkspace(workspaceId, async (db) => {
    const series = await findSeries(db, workspaceId, id);
    if (!series) throw seriesNotFound();
    const template = await loadPost(db, deps, workspaceId, series.templateId);
    const approval = await newestApproval(db, series);
    const now = deps.clock.now();
    const dates = await datesWithPosts(db, series, now);
    const ownWords = await isSelfAuthoredSeries(db, series, template, actor);
    const decided = seriesActions.map((action) => ({
      action,
      reason:
        seriesRefusal(action, series.state, actor) ??
        (action === "approve" && ownWords ? selfAuthoredReason : null) ??
        (action === "undo_approval" ? undoRefusal(approval, actor) : null),
    }));
    const hash = seriesHash(series.rule, template);
    return {
      id,
      templateId: series.templateId,
      title: template.title,
      state: series.state,
      rule: series.rule,
      approved:
        approval?.voidedAt === null &&
        approval.boundHash === seriesHashAsApproved(series.rule, template, approval.targets),
      ownWords,
      channels: template.variants.map(({ channelId }) => {
        const channel = template.channels.get(channelId);
        return { channelId, connector: channel?.connector ?? "", handle: channel?.handle ?? "" };
      }),
      next: dates.find(({ at }) => at > now)?.at ?? null,
      ahead: series.ahead,
      templateVersion: template.version,
      checks: template.checks.map((check) => withSameText(check, dates)),
      boundHash: hash,
      approval,
      dates,
      clockChanges: clockChanges(series.rule, now),
      allowed: decided.filter(({ reason }) => reason === null).map(({ action }) => action),
      refused: decided.flatMap(({ action, reason }) => (reason === null ? [] : [{ action, reason }])),
      createdAt: series.createdAt,
      updatedAt: series.updatedAt,
    };
  });
}

/** All series of a workspace, newest first. */
export async function readSeriesList(deps: DeskDeps, actor: Actor): Promise<SeriesSummary[]> {
  const { workspaceId } = actor;
  const now = deps.clock.now();
  return deps.database.inWorkspace(workspaceId, async (db) => {
    const rows = await listSeries(db, workspaceId);
    const templates = await templatesOf(db, rows, actor.userId);
    return rows.flatMap((series) => {
      const template = templates.get(series.id);
      if (!template) return [];
      const next = series.state === "active" ? momentsAfter(series.rule, now, 1)[0] : undefined;
      return [
        {
          id: series.id,
          templateId: series.templateId,
          title: template.title,
          state: series.state,
          rule: series.rule,
          approved: template.approved,
          ownWords: template.ownWords,
          channels: template.channels,
          next: next?.at ?? null,
        },
      ];
    });
  });
}

/** The most dates of one series that a calendar shows ahead of those that are made. */
const shownAhead = 100;

export type PlannedDate = Moment & {
  seriesId: string;
  title: string;
  approved: boolean;
  channels: Channel[];
};

/** Dates of active series between two instants that are not made yet, for a calendar. */
export async function plannedDates(
  deps: DeskDeps,
  workspaceId: string,
  span: { from: Date; to: Date },
): Promise<PlannedDate[]> {
  const now = deps.clock.now();
  const start = span.from > now ? span.from : now;
  return deps.database.inWorkspace(workspaceId, async (db) => {
    const rows = (await listSeries(db, workspaceId)).filter(({ state }) => state === "active");
    const templates = await templatesOf(db, rows);
    const planned: PlannedDate[] = [];
    for (const series of rows) {
      const template = templates.get(series.id);
      if (!template) continue;
      const taken = new Set((await occurrencesFrom(db, series, "0001-01-01")).map(({ date }) => date));
      for (const moment of momentsAfter(series.rule, start, shownAhead)) {
        if (moment.at >= span.to) break;
        if (taken.has(moment.date)) continue;
        const { title, approved, channels } = template;
        planned.push({ ...moment, seriesId: series.id, title, approved, channels });
      }
    }
    return planned.toSorted((left, right) => left.at.getTime() - right.at.getTime());
  });
}

/** What a rule means: its next moments, and those that a clock change touches. */
export function previewRule(rule: SeriesRule, now: Date): { moments: Moment[]; clockChanges: Moment[] } {
  return { moments: momentsAfter(rule, now, 10), clockChanges: clockChanges(rule, now) };
}

function clockChanges(rule: SeriesRule, now: Date): Moment[] {
  // At most one a day, so two years are quickly looked through.
  const end = now.getTime() + 2 * 366 * 86_400_000;
  return momentsAfter(rule, now, 740).filter(({ at, clock }) => clock !== "ordinary" && at.getTime() < end);
}

/** Texts that are farther apart are no repetition to a platform. */
const sameTextMs = 30 * 86_400_000;

/** Every occurrence says the same; a platform that minds should not be a surprise on the second one. */
function withSameText(check: VariantCheck, dates: SeriesDate[]): VariantCheck {
  const [first, second] = dates.slice(-2);
  if (!first || !second || second.at.getTime() - first.at.getTime() > sameTextMs) return check;
  const problem = {
    path: "/parts/0",
    code: "desk.series_same_text",
    severity: "warning" as const,
    message:
      "Every occurrence says the same. Some platforms, X among them, refuse a text that they saw before; edit single occurrences there.",
  };
  return { ...check, problems: [...check.problems, problem] };
}

async function datesWithPosts(db: Kysely<Schema>, series: SeriesRow, now: Date): Promise<SeriesDate[]> {
  const monthAgo = Temporal.PlainDate.from(localDate(now, series.rule.zone)).subtract({ days: 31 });
  const rows = await occurrencesFrom(db, series, monthAgo.toString());
  const posts = await postsOf(db, series.workspaceId, rows);
  const taken = new Map(rows.map((row) => [row.date, row]));
  const planned = series.state === "ended" ? [] : momentsAfter(series.rule, now, Math.max(series.ahead, 10));
  const dates = [...new Set([...taken.keys(), ...planned.map(({ date }) => date)])].sort();
  return dates.map((date) => {
    const row = taken.get(date);
    const post = row?.postId ? posts.get(row.postId) : undefined;
    return {
      ...momentOf(series.rule, date),
      postId: row?.postId ?? null,
      status: post?.status ?? null,
      scheduledAt: post?.scheduledAt ?? null,
      follows: row?.follows ?? true,
      reason: row?.reason ?? null,
    };
  });
}

async function postsOf(db: Kysely<Schema>, workspaceId: string, rows: Occurrence[]) {
  const ids = rows.flatMap(({ postId }) => postId ?? []);
  const posts = await db
    .selectFrom("posts")
    .select(["id", "status", "scheduled_at"])
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .execute();
  return new Map(posts.map((row) => [row.id, { status: row.status, scheduledAt: row.scheduled_at }]));
}

type TemplateFacts = { title: string; approved: boolean; ownWords: boolean; channels: Channel[] };

/** Titles, channels and standing approvals of many series in one query. An edit of a template or rule ends its approval. */
async function templatesOf(
  db: Kysely<Schema>,
  rows: SeriesRow[],
  viewerId: string | null = null,
): Promise<Map<string, TemplateFacts>> {
  const ids = rows.map(({ id }) => id);
  const text = `
    select s.id, p.title,
      exists (select from series_approvals a where a.series_id = s.id and a.voided_at is null) as approved,
      ${selfAuthoredSeries("$1::uuid")} as "ownWords",
      coalesce((
        select json_agg(json_build_object('channelId', c.id, 'connector', c.connector, 'handle', c.handle)
          order by array_position(p.channel_ids, c.id))
        from channels c where c.workspace_id = p.workspace_id and c.id = any(p.channel_ids)), '[]') as channels
    from series s join posts p on p.workspace_id = s.workspace_id and p.id = s.template_id
    where s.id = any($2::uuid[])`;
  const query: CompiledQuery<TemplateFacts & { id: string }> = CompiledQuery.raw(text, [viewerId, ids]);
  const { rows: found } = await db.executeQuery(query);
  return new Map(found.map(({ id, ...facts }) => [id, facts]));
}
