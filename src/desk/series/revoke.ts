import type { DeskDeps } from "../deps.ts";
import { voidApproval } from "../model/approvals.store.ts";
import { lockPost, updatePost } from "../model/posts.store.ts";
import { undoTooLate, undoWords } from "../model/undo.ts";
import { freeDate, isWaiting, occurrencesFrom } from "./occurrences.store.ts";
import { type SeriesApproval, postsReleasedBy, voidSeriesApproval } from "./series-approvals.store.ts";
import { updateSeries } from "./series.store.ts";
import type { SeriesStep } from "./step.ts";

/**
 * Takes back every occurrence that follows the template and has not left: deliveries are cancelled,
 * approvals end, the posts are put away and their dates are free again. Occurrences that a person changed
 * stay, and so does what is already on its way. Returns how many were taken back.
 */
export async function withdrawOccurrences(
  deps: Pick<DeskDeps, "deliveries">,
  { db, series, now }: SeriesStep,
  reason: string,
): Promise<number> {
  const { workspaceId } = series;
  const all = await occurrencesFrom(db, series, "0001-01-01");
  const postIds = all.flatMap(({ postId, follows }) => (follows && postId !== null ? [postId] : [])).sort();
  let withdrawn = 0;
  for (const postId of postIds) {
    if (!(await lockPost(db, workspaceId, postId))) continue;
    if (!(await isWaiting(db, workspaceId, postId))) continue;
    const { tooLate } = await deps.deliveries.cancel(db, workspaceId, postId);
    if (tooLate.length > 0) continue;
    await voidApproval(db, workspaceId, postId, reason, now);
    await updatePost(db, workspaceId, postId, { status: "cancelled", deleted_at: now, updated_at: now });
    await freeDate(db, series, postId);
    withdrawn += 1;
  }
  return withdrawn;
}

/**
 * Takes an approval of a series back: what it alone released is put away again, as long as no worker has any of it.
 *
 * @throws DeskError `desk.undo_too_late` where one has; the caller's transaction must not be kept then
 */
export async function reverseSeriesApproval(
  deps: Pick<DeskDeps, "deliveries">,
  { db, series, now }: SeriesStep,
  { approval, reason }: { approval: SeriesApproval; reason: string },
): Promise<void> {
  for (const postId of await postsReleasedBy(db, series, approval.id)) {
    await lockPost(db, series.workspaceId, postId);
    const { tooLate } = await deps.deliveries.cancelUnclaimed(db, series.workspaceId, postId);
    if (tooLate.length > 0) throw undoTooLate(undoWords.onItsWay);
  }
  await voidSeriesApproval(db, series, reason, now, true);
  await withdrawOccurrences(deps, { db, series, now }, reason);
  const editors = [...new Set([...approval.editorsBefore, ...series.editors])];
  await updateSeries(db, series, { editors, next_run_at: now, updated_at: now });
}

/**
 * Ends the approval of a series and takes back what it alone had approved: called whenever the template or
 * the rule changes, in the transaction of that change.
 */
export async function revokeSeriesApproval(
  deps: Pick<DeskDeps, "deliveries">,
  { db, series, now }: SeriesStep,
  reason: string,
): Promise<void> {
  await voidSeriesApproval(db, series, reason, now);
  await withdrawOccurrences(deps, { db, series, now }, reason);
  await updateSeries(db, series, { next_run_at: now, updated_at: now });
}
