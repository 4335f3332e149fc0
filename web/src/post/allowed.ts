import type { Action, Post } from "../api/types.ts";

type Judged = Pick<Post, "allowed" | "refused">;

/** Why this person can't do that now, in words to show; null: they can. */
export function refusal(post: Judged, action: Action): string | null {
  if (post.allowed.includes(action)) return null;
  return post.refused.find((refused) => refused.action === action)?.reason ?? "";
}

/** Whether it is never this person's to do: then there is no button for it, not even a grey one. */
export function isForbidden(post: Judged, action: Action): boolean {
  return post.refused.some((refused) => refused.action === action && refused.code === "desk.not_permitted");
}
