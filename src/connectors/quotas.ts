import type { Quota, VariantContent } from "./contract.ts";

/** How many posts of a platform a variant is made of: its parts and its first comment. */
export function postsIn({ parts, firstComment }: VariantContent): number {
  return parts.length + (firstComment === null ? 0 : 1);
}

/** The quota that never has room for so many posts at once, the tightest one; null where there is none. */
export function quotaTooSmall(quotas: readonly Quota[], posts: number): Quota | null {
  const [tightest] = quotas
    .filter(({ limit }) => limit < posts)
    .toSorted((left, right) => left.limit - right.limit);
  return tightest ?? null;
}

/** "X lets this app post 17 in 24 hours": why a thread that is longer than that can never go out whole. */
export function quotaTooSmallInWords(name: string, quota: Quota): string {
  const who = quota.per === "app" ? "this app" : "one account";
  return `${name} lets ${who} post ${quota.limit} in ${periodInWords(quota.windowMs)}`;
}

/** "at most 17 posts in 24 hours from one account" */
export function quotaInWords({ limit, windowMs, per }: Quota): string {
  const of = per === "account" ? "from one account" : "from all accounts of one app together";
  return `at most ${limit} ${limit === 1 ? "post" : "posts"} in ${periodInWords(windowMs)} ${of}`;
}

function periodInWords(windowMs: number): string {
  const minutes = Math.round(windowMs / 60_000);
  if (windowMs < 60_000) return `${Math.ceil(windowMs / 1_000)} seconds`;
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
