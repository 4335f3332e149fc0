import { GalleyError } from "#kit";

/** Every refusal of the desk; codes are `desk.reason`. */
export class DeskError extends GalleyError {}

/** The same answer for a post that never was, is removed, or belongs to another workspace. */
export function postNotFound(): DeskError {
  return new DeskError({ code: "desk.post_not_found", kind: "not_found", message: "There is no such post." });
}

export function mediaNotFound(): DeskError {
  return new DeskError({
    code: "desk.media_not_found",
    kind: "not_found",
    message: "There is no such image.",
  });
}
