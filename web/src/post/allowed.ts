import type { Post } from "../api/types.ts";

/** Why this person can't do that now, in words to show; null: they can. */
export function refusal(post: Pick<Post, "allowed">, action: string): string | null {
  const found = post.allowed.find((candidate) => candidate.action === action);
  if (!found) return "";
  return found.allowed ? null : (found.reason ?? "");
}
