import type { Action, Post } from "../api/types.ts";

/** Why this person can't do that now, in words to show; null: they can. */
export function refusal(post: Pick<Post, "allowed" | "refused">, action: Action): string | null {
  if (post.allowed.includes(action)) return null;
  return post.refused.find((refused) => refused.action === action)?.reason ?? "";
}
