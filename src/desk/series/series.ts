import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import {
  seriesApprovalUndone,
  seriesApproved,
  seriesChanged,
  seriesCreated,
  seriesEnded,
  seriesPaused,
  seriesRemoved,
  seriesResumed,
  seriesRuleChanged,
} from "../events.ts";
import { targetsOf } from "../model/binding.ts";
import { blockingProblems } from "../model/check.ts";
import { did, type Done } from "../model/did.ts";
import { DeskError, postNotFound } from "../model/errors.ts";
import { insertPost, lockPost, updatePost } from "../model/posts.store.ts";
import { undoTooLate, undoWords } from "../model/undo.ts";
import { authorsOf } from "../model/versions.store.ts";
import { type LoadedPost, loadPost } from "../posts/load.ts";
import { materializeSeries } from "./materialize.ts";
import { reverseSeriesApproval, revokeSeriesApproval, withdrawOccurrences } from "./revoke.ts";
import type { SeriesRule } from "./rule.schema.ts";
import { assertRule, dayAfter, localDate, momentsAfter } from "./rule.ts";
import { isSelfAuthoredSeries, selfAuthoredReason } from "./self-authored.ts";
import { insertSeriesApproval, newestApproval } from "./series-approvals.store.ts";
import { seriesHash } from "./series-hash.ts";
import { seriesNotFound, assertSeriesAllowed, undoRefusal } from "./series.rules.ts";
import {
  type SeriesRow,
  dueSeries,
  findSeries,
  insertSeries,
  lockSeries,
  postpone,
  updateSeries,
} from "./series.store.ts";
import type { SeriesStep } from "./step.ts";

/** How many series one round looks at. */
const mostDue = 200;
/** A series that could not be brought up to date is tried again after this. */
const retryFailedMs = 300_000;

/**
 * The frame of every verb on a series: one transaction that locks the template and then the series, the
 * order in which an edit of the template does. Returns nothing; the work says what it did.
 */
async function onSeries(
  deps: DeskDeps,
  actor: Actor,
  id: string,
  work: (step: SeriesStep) => Promise<Done<"series">>,
): Promise<void> {
  const { workspaceId } = actor;
  await deps.database.inWorkspace(workspaceId, async (db) => {
    const found = await findSeries(db, workspaceId, id);
    if (!found || !(await lockPost(db, workspaceId, found.templateId))) throw seriesNotFound();
    const series = await lockSeries(db, workspaceId, found.templateId);
    if (!series) throw seriesNotFound();
    const { kind, data } = await work({ db, series, now: deps.clock.now() });
    await append(db, kind, { actor, targetId: id, data });
  });
}

/**
 * Makes a series whose template is a copy of a post as it is now; the post itself stays as it is. Nothing is
 * made from it until a person approves the series.
 *
 * @throws DeskError `desk.series_rule`, `desk.post_not_found`
 */
export async function createSeries(
  deps: DeskDeps,
  actor: Actor,
  request: { postId: string; rule: SeriesRule; ahead: number },
): Promise<string> {
  assertRule(request.rule);
  const { workspaceId } = actor;
  return deps.database.inWorkspace(workspaceId, async (db) => {
    const source = await loadPost(db, deps, workspaceId, request.postId);
    if (source.deletedAt !== null) throw postNotFound();
    const now = deps.clock.now();
    const [id, templateId] = [newId(), newId()];
    await insertPost(
      db,
      workspaceId,
      templateId,
      {
        number: 1,
        title: source.title,
        variants: source.variants,
        contentHash: source.contentHash,
        authorKind: source.author.kind,
        createdBy: source.versionBy,
        runId: null,
        autosaved: false,
        at: now,
      },
      source.sources,
      "template",
    );
    // Whoever wrote any of it cannot be the one who approves it, where the workspace asks for another.
    const editors = [...new Set([actor.userId, ...(await authorsOf(db, workspaceId, source.id))])];
    const series = { workspaceId, id, templateId, rule: request.rule, ahead: request.ahead };
    await insertSeries(db, series, { by: actor.userId, editors, at: now });
    const row = await lockSeries(db, workspaceId, templateId);
    if (row) await beginFromNow(db, row, request.rule, now);
    await append(db, seriesCreated, {
      actor,
      targetId: id,
      data: { title: source.title, postId: request.postId, templateId },
    });
    return id;
  });
}

/** Changes the rule, or how many are made ahead. A changed rule voids the approval and takes back what it made. */
export async function changeSeries(
  deps: DeskDeps,
  actor: Actor,
  id: string,
  change: { rule?: SeriesRule | undefined; ahead?: number | undefined },
): Promise<void> {
  const { rule } = change;
  if (rule) assertRule(rule);
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("change", series.state, actor);
    const ahead = change.ahead ?? series.ahead;
    const template = await loadPost(db, deps, series.workspaceId, series.templateId);
    const changed = rule !== undefined && seriesHash(rule, template) !== seriesHash(series.rule, template);
    await updateSeries(db, series, { ahead, updated_at: now, next_run_at: now });
    if (!changed) return did(seriesChanged, { ahead });
    const reason = `${actor.name} changed when the series goes out`;
    await revokeSeriesApproval(deps, { db, series, now }, reason);
    const editors = [...new Set([...series.editors, actor.userId])];
    await updateSeries(db, series, { rule: JSON.stringify(rule), editors });
    await beginFromNow(db, series, rule, now);
    return did(seriesRuleChanged, { ahead });
  });
}

/**
 * Approves exactly what the person saw: the template and the rule, and with them every occurrence that the
 * rule names. The occurrences ahead are made at once.
 *
 * @throws DeskError `desk.changed_since_seen`, `desk.own_words`, `desk.not_ready`
 */
export async function approveSeries(
  deps: DeskDeps,
  actor: Actor,
  id: string,
  seen: { boundHash: string; note: string },
): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("approve", series.state, actor);
    const template = await loadPost(db, deps, series.workspaceId, series.templateId);
    const hash = seriesHash(series.rule, template);
    if (hash !== seen.boundHash) {
      throw new DeskError({
        code: "desk.changed_since_seen",
        kind: "conflict",
        message: "This series changed while you looked at it. Nothing was approved; read it again.",
      });
    }
    const last = await newestApproval(db, series);
    if (last && last.voidedAt === null) {
      throw new DeskError({
        code: "desk.series_approved",
        kind: "conflict",
        message: "This series is approved already.",
      });
    }
    await assertApprover(db, series, template, actor);
    const approvalId = await insertSeriesApproval(db, series, {
      templateVersion: template.version,
      contentHash: template.contentHash,
      boundHash: hash,
      targets: targetsOf(template),
      note: seen.note,
      by: actor.userId,
      at: now,
    });
    await updateSeries(db, series, { editors: [], updated_at: now });
    await materializeSeries(deps, { db, series, now });
    return did(seriesApproved, { approvalId, boundHash: hash });
  });
}

async function assertApprover(
  db: Kysely<Schema>,
  series: SeriesRow,
  template: LoadedPost,
  actor: Actor,
): Promise<void> {
  if (await isSelfAuthoredSeries(db, series, template, actor)) {
    throw new DeskError({ code: "desk.own_words", kind: "forbidden", message: selfAuthoredReason });
  }
  const problems = blockingProblems(template.checks);
  if (problems.length === 0) return;
  throw new DeskError({
    code: "desk.not_ready",
    kind: "unprocessable",
    message: problems[0]?.message ?? "The template is not ready.",
    problems,
  });
}

/**
 * Takes the approval of a series back, within its first seconds and by the person who gave it: what it released is
 * put away, and the series waits for an approval as before.
 *
 * @throws DeskError `desk.undo_too_late`
 */
export async function undoSeriesApproval(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("undo_approval", series.state, actor);
    const approval = await newestApproval(db, series);
    const refused = undoRefusal(approval, actor);
    if (approval === null || refused !== null) throw undoTooLate(refused ?? undoWords.none);
    const reason = `Taken back by ${actor.name}`;
    await reverseSeriesApproval(deps, { db, series, now }, { approval, reason });
    return did(seriesApprovalUndone, { approvalId: approval.id });
  });
}

/** Holds a series: what has not left is taken back, and dates that pass meanwhile are left out. */
export async function pauseSeries(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("pause", series.state, actor);
    const withdrawn = await withdrawOccurrences(deps, { db, series, now }, `${actor.name} paused the series`);
    await updateSeries(db, series, { state: "paused", updated_at: now, next_run_at: now });
    return did(seriesPaused, { dropped: withdrawn });
  });
}

/** Goes on with the next date, under the approval that stands. */
export async function resumeSeries(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("resume", series.state, actor);
    // First as paused, so that what passed meanwhile is told for what it was.
    await materializeSeries(deps, { db, series, now });
    await updateSeries(db, series, { state: "active", updated_at: now });
    const resumed = await lockSeries(db, series.workspaceId, series.templateId);
    if (resumed) await materializeSeries(deps, { db, series: resumed, now });
    return did(seriesResumed);
  });
}

/** Ends a series for good: what has not left is taken back; what was published stays. */
export async function endSeries(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("end", series.state, actor);
    const withdrawn = await withdrawOccurrences(deps, { db, series, now }, `${actor.name} ended the series`);
    await updateSeries(db, series, { state: "ended", updated_at: now });
    return did(seriesEnded, { dropped: withdrawn });
  });
}

/** Ends a series and puts it and its template out of sight; what was published stays. */
export async function removeSeries(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await onSeries(deps, actor, id, async ({ db, series, now }) => {
    assertSeriesAllowed("remove", series.state, actor);
    const withdrawn = await withdrawOccurrences(
      deps,
      { db, series, now },
      `${actor.name} removed the series`,
    );
    await updateSeries(db, series, { state: "ended", deleted_at: now, updated_at: now });
    await updatePost(db, series.workspaceId, series.templateId, { deleted_at: now, updated_at: now });
    return did(seriesRemoved, { dropped: withdrawn });
  });
}

/** A worker's round: looks at every series that is due, in any workspace. Safe beside other workers. */
export async function materializeDueSeries(deps: DeskDeps, signal: AbortSignal): Promise<void> {
  const due = await dueSeries(deps.database.system, deps.clock.now(), mostDue);
  const failures: unknown[] = [];
  for (const { workspaceId, templateId } of due) {
    if (signal.aborted) return;
    try {
      await deps.database.inWorkspace(workspaceId, async (db) => {
        if (!(await lockPost(db, workspaceId, templateId))) return;
        const series = await lockSeries(db, workspaceId, templateId);
        if (series) await materializeSeries(deps, { db, series, now: deps.clock.now() });
      });
    } catch (error) {
      // One series that fails keeps no other waiting.
      failures.push(error);
      await postpone(deps.database.system, templateId, new Date(deps.clock.now().getTime() + retryFailedMs));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "some series could not be tended");
}

/** Dates that lie behind when a rule begins to count are nobody's loss and are not accounted for. */
async function beginFromNow(
  db: Kysely<Schema>,
  series: SeriesRow,
  rule: SeriesRule,
  now: Date,
): Promise<void> {
  const [next] = momentsAfter(rule, now, 1);
  await updateSeries(db, series, {
    materialized_until: next?.date ?? dayAfter(localDate(now, rule.zone)),
    next_run_at: now,
  });
}
