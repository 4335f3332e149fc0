import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { CheckProblem, VariantCheck } from "./check.ts";
import type { Variant } from "./post.ts";
import { type Found, nearMinutes, nearPosts, sameTexts } from "./warnings.read.ts";

/** What is known of a post that other posts are compared with. */
export type PlannedPost = {
  variants: Variant[];
  /** When the post goes out; null: not chosen yet, so now stands for it and nothing is near. */
  at: Date | null;
  /** The post itself, which is not in its own way. */
  postId: string | null;
};

/**
 * Adds what other posts of the workspace make worth a warning: another post on the same channel at nearly the
 * same time, and the same text on the same channel within 30 days. Never an error.
 */
export async function warnOfOtherPosts(
  db: Kysely<Schema>,
  workspaceId: string,
  checks: VariantCheck[],
  { variants, at, postId }: PlannedPost,
  now: Date,
): Promise<VariantCheck[]> {
  if (variants.length === 0) return checks;
  const near =
    at === null ? new Map<string, Found>() : await nearPosts(db, workspaceId, variants, at, postId);
  const same = await sameTexts(db, workspaceId, variants, at ?? now, postId);
  return checks.map((check) => {
    const problems: CheckProblem[] = [
      ...warningOf(near.get(check.channelId), nearWarning),
      ...warningOf(same.get(check.channelId), sameWarning),
    ];
    return problems.length === 0 ? check : { ...check, problems: [...check.problems, ...problems] };
  });
}

function warningOf(found: Found | undefined, make: (found: Found) => CheckProblem): CheckProblem[] {
  return found ? [make(found)] : [];
}

function nearWarning({ title, at, zone }: Found): CheckProblem {
  return {
    path: "",
    code: "desk.close_to_another",
    severity: "warning",
    message: `"${title}" goes out here at ${readable(at, zone)}, within ${nearMinutes} minutes of this post.`,
  };
}

function sameWarning({ title, status, at, zone }: Found): CheckProblem {
  const verb = status === "published" || status === "partly" ? "went" : "goes";
  return {
    path: "/parts/0",
    code: "desk.same_text_again",
    severity: "warning",
    message: `The same text ${verb} out here as "${title}" (${readable(at, zone)}). Some platforms, X among them, refuse a text that they saw before.`,
  };
}

function readable(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(at);
}
