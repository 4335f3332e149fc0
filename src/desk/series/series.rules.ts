import type { Actor } from "#kit";
import type { Permission } from "#kit";
import { can } from "#workspaces";
import { DeskError } from "../model/errors.ts";
import { undoWords } from "../model/undo.ts";
import type { SeriesApproval } from "./series-approvals.store.ts";
import { type SeriesState, seriesStates } from "./series-states.ts";

export const seriesActions = [
  "change",
  "approve",
  "undo_approval",
  "pause",
  "resume",
  "end",
  "remove",
] as const;
export type SeriesAction = (typeof seriesActions)[number];

const table: Record<SeriesAction, { from: readonly SeriesState[]; permission: Permission; words: string }> = {
  change: { from: ["active", "paused"], permission: "posts.write", words: "change" },
  approve: { from: ["active", "paused"], permission: "posts.approve", words: "approve" },
  undo_approval: {
    from: ["active", "paused"],
    permission: "posts.approve",
    words: "take back the approval of",
  },
  pause: { from: ["active"], permission: "posts.publish", words: "pause" },
  resume: { from: ["paused"], permission: "posts.publish", words: "resume" },
  end: { from: ["active", "paused"], permission: "posts.publish", words: "end" },
  remove: { from: seriesStates, permission: "posts.publish", words: "remove" },
};

/** Why this actor can't do this to a series now; null when he can. */
export function seriesRefusal(action: SeriesAction, state: SeriesState, actor: Actor): string | null {
  const { from, permission, words } = table[action];
  if (!can(actor.role, permission)) return `Your role, ${actor.role}, cannot ${words} a series.`;
  if (action === "approve" && actor.kind !== "person") return "Only a person can approve a series.";
  if (!from.includes(state)) return `You cannot ${words} this series: it is ${state}.`;
  return null;
}

/** Why this person can't take back the newest approval of a series; null where they can. */
export function undoRefusal(approval: SeriesApproval | null, actor: Actor): string | null {
  if (approval === null || approval.voidedAt !== null) return undoWords.none;
  if (approval.decidedBy?.id !== actor.userId) return undoWords.notYours;
  return approval.undoUntil === null ? undoWords.over : null;
}

/** Throws what `seriesRefusal` says. */
export function assertSeriesAllowed(action: SeriesAction, state: SeriesState, actor: Actor): void {
  const reason = seriesRefusal(action, state, actor);
  if (reason === null) return;
  const { permission } = table[action];
  const forbidden = !can(actor.role, permission) || (action === "approve" && actor.kind !== "person");
  throw new DeskError({
    code: forbidden ? "desk.not_permitted" : "desk.series_state",
    kind: forbidden ? "forbidden" : "conflict",
    message: reason,
  });
}

export function seriesNotFound(): DeskError {
  return new DeskError({
    code: "desk.series_not_found",
    kind: "not_found",
    message: "There is no such series.",
  });
}
