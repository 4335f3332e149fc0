import { newId } from "#kit";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import { seriesOccurrencesMade } from "../events.ts";
import { insertDecision } from "../model/approvals.store.ts";
import { bindingOf, boundHash, targetsOf } from "../model/binding.ts";
import { blockingProblems } from "../model/check.ts";
import { insertPost, setSchedule, updatePost } from "../model/posts.store.ts";
import { handOver } from "../posts/hand-over.ts";
import { type LoadedPost, loadPost } from "../posts/load.ts";
import { occurrencesFrom, setReason, takeDate } from "./occurrences.store.ts";
import { type Moment, datesOf, dayAfter, localDate, momentOf, momentsAfter } from "./rule.ts";
import { type SeriesApproval, newestApproval } from "./series-approvals.store.ts";
import { seriesHashAsApproved } from "./series-hash.ts";
import { updateSeries } from "./series.store.ts";
import type { SeriesStep } from "./step.ts";

/** How many dates that passed unseen are accounted for in one go. */
const mostArrears = 400;
/** A series is looked at at least this often, and sooner where an occurrence is held. */
const lookAgainMs = 6 * 3_600_000;
const retryHeldMs = 300_000;

type Materializing = SeriesStep & { deps: DeskDeps; template: LoadedPost };

/**
 * Brings a series up to date: accounts for dates whose moment passed, makes what lies ahead, and tries again
 * what was held. Idempotent; the template and the series are locked by the caller.
 *
 * Nothing is made without a standing approval that binds the template and the rule as they are now.
 */
export async function materializeSeries(deps: DeskDeps, { db, series, now }: SeriesStep): Promise<void> {
  if (series.state === "ended") return;
  const template = await loadPost(db, deps, series.workspaceId, series.templateId);
  const step = { deps, db, series, template, now };
  const approval = await standingApproval(step);
  await accountForPassed(step, approval);
  const ahead = momentsAfter(series.rule, now, series.ahead);
  let held = 0;
  let made = 0;
  if (series.state === "active" && approval) {
    const taken = new Map(
      (await occurrencesFrom(db, series, ahead[0]?.date ?? series.materializedUntil)).map((one) => [
        one.date,
        one,
      ]),
    );
    for (const moment of ahead) {
      const occurrence = taken.get(moment.date);
      if (!occurrence) {
        const stands = await makeOccurrence(step, approval, moment);
        made += 1;
        held += stands ? 0 : 1;
      } else if (occurrence.follows && occurrence.postId !== null && occurrence.reason !== null) {
        held += (await releaseOccurrence(step, approval, moment, occurrence.postId)) ? 0 : 1;
      }
    }
  }
  const [next] = ahead;
  await updateSeries(db, series, {
    materialized_until: next?.date ?? dayAfter(localDate(now, series.rule.zone)),
    next_run_at: new Date(
      Math.min(
        now.getTime() + (held > 0 ? retryHeldMs : lookAgainMs),
        next ? next.at.getTime() + 1000 : Infinity,
      ),
    ),
    ...(next ? {} : { state: "ended" as const }),
  });
  if (made > 0) {
    await append(db, seriesOccurrencesMade, {
      actor: { kind: "system", workspaceId: series.workspaceId },
      targetId: series.id,
      data: { made, held, approvalId: approval?.id ?? null },
    });
  }
}

/** The approval that stands for exactly this template and this rule; null where none does. */
async function standingApproval({ db, series, template }: Materializing): Promise<SeriesApproval | null> {
  const approval = await newestApproval(db, series);
  if (!approval || approval.voidedAt !== null || approval.decidedBy === null) return null;
  if (approval.contentHash !== template.contentHash) return null;
  return approval.boundHash === seriesHashAsApproved(series.rule, template, approval.targets)
    ? approval
    : null;
}

/** Dates whose moment passed before they could be made are kept with the reason: told, never sent late. */
async function accountForPassed(
  { db, series, now }: Materializing,
  approval: SeriesApproval | null,
): Promise<void> {
  // A time that a clock change skips may lie on the evening before its date.
  const tomorrow = dayAfter(localDate(now, series.rule.zone));
  const dates = datesOf(series.rule, series.materializedUntil, tomorrow, mostArrears);
  const reason =
    series.state === "paused"
      ? "The series was paused."
      : approval
        ? "Galley was not running when it should have been made."
        : "The series was not approved in time.";
  for (const date of dates) {
    if (momentOf(series.rule, date).at > now) continue;
    await takeDate(db, series, { date, postId: null, reason, now });
  }
}

/** Makes one occurrence as a post of its own. False: it stands as a draft and is held, with the reason. */
async function makeOccurrence(
  step: Materializing,
  approval: SeriesApproval,
  moment: Moment,
): Promise<boolean> {
  const { db, series, template, now } = step;
  const postId = newId();
  await insertPost(
    db,
    series.workspaceId,
    postId,
    {
      number: 1,
      title: template.title,
      variants: template.variants,
      contentHash: template.contentHash,
      authorKind: template.author.kind,
      // Whose words they are is who wrote the template, whoever's worker makes the copy.
      createdBy: template.versionBy,
      runId: null,
      autosaved: false,
      at: now,
    },
    template.sources,
  );
  const { rule } = series;
  const schedule = { wall: moment.wall, zone: rule.zone, rule: rule.clock, at: moment.at };
  await setSchedule(db, series.workspaceId, postId, schedule, now);
  if (!(await takeDate(db, series, { date: moment.date, postId, reason: null, now }))) {
    throw new TypeError(`${moment.date} of series ${series.id} was made twice`);
  }
  return releaseOccurrence(step, approval, moment, postId);
}

/**
 * Derives the occurrence's approval from that of the series and hands it to delivery. Where a channel or a
 * limit stands in the way, it is held as a draft with the reason, and tried again.
 */
async function releaseOccurrence(
  { deps, db, series, template, now }: Materializing,
  approval: SeriesApproval,
  moment: Moment,
  postId: string,
): Promise<boolean> {
  const { workspaceId } = series;
  const [problem] = blockingProblems(template.checks);
  if (problem || approval.decidedBy === null) {
    await setReason(db, series, moment.date, problem?.message ?? "Its approver is gone; approve again.");
    return false;
  }
  await insertDecision(db, workspaceId, {
    postId,
    version: 1,
    boundHash: boundHash(bindingOf(template, moment.at)),
    boundAt: moment.at,
    decision: "approved",
    targets: targetsOf(template),
    note: approval.note,
    decidedBy: approval.decidedBy.id,
    decidedAt: approval.decidedAt,
    seriesApproval: { id: approval.id, undoUntil: approval.notBefore },
  });
  await handOver(deps, db, workspaceId, { postId, at: moment.at, by: "approval" });
  await updatePost(db, workspaceId, postId, { status: "scheduled", updated_at: now });
  await setReason(db, series, moment.date, null);
  return true;
}
