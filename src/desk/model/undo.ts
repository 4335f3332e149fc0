import { DeskError } from "./errors.ts";

/** Why an approval cannot be taken back, in words that say what is possible instead. */
export const undoWords = {
  over: "This approval can no longer be taken back: ten seconds have passed. Withdraw or unschedule the post, or cancel it.",
  notYours: "Only the person who gave an approval can take it back.",
  none: "No approval of this post stands that could be taken back.",
  onItsWay: "This approval can no longer be taken back: part of the post is already on its way.",
  bySeries: "This date was approved with its series; take the approval of the series back.",
};

export function undoTooLate(message: string): DeskError {
  return new DeskError({ code: "desk.undo_too_late", kind: "conflict", message });
}
