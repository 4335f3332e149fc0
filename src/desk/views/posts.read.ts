import type { Actor } from "#kit";
import { compileOnly } from "#platform/db";
import type { DeskDeps } from "../deps.ts";
import { bindingOf, boundHash } from "../model/binding.ts";
import { postNotFound } from "../model/errors.ts";
import type { PostStatus, Variant } from "../model/post.ts";
import { type Action, type Refusal, actions, refusal } from "../model/rules.ts";
import { isSelfAuthored } from "../model/self-authored.read.ts";
import { warnOfOtherPosts } from "../model/warnings.ts";
import { type LoadedPost, loadPost } from "../posts/load.ts";

export type FullPost = LoadedPost & {
  /** What an approval would bind now; the approver's page sends it back. */
  boundHash: string;
  ownWords: boolean;
  allowed: Action[];
  refused: Refusal[];
};

/** Nobody needs warnings about what is out or given up. */
const over: ReadonlySet<PostStatus> = new Set(["publishing", "published", "partly", "cancelled"]);

/** A post with everything its page shows, and what this person may do with it. Removed posts are found too. */
export async function readPost(deps: DeskDeps, actor: Actor, id: string): Promise<FullPost> {
  const { workspaceId } = actor;
  const post = await deps.database.inWorkspace(workspaceId, async (db) => {
    const loaded = await loadPost(db, deps, workspaceId, id);
    if (loaded.series?.role === "template" || over.has(loaded.status)) return loaded;
    const wanted = { variants: loaded.variants, at: loaded.schedule?.at ?? null, postId: id };
    const checks = await warnOfOtherPosts(db, workspaceId, loaded.checks, wanted, deps.clock.now());
    return { ...loaded, checks };
  });
  const decided = actions.map((action) => ({ action, refused: refusal(action, post.facts, actor) }));
  const due = post.status === "scheduled" && post.schedule !== null && post.schedule.at <= deps.clock.now();
  return {
    ...post,
    status: due ? "publishing" : post.status,
    ownWords: post.status === "in_review" && isSelfAuthored(post.facts, actor),
    boundHash: boundHash(bindingOf(post, post.schedule?.at ?? null)),
    allowed: decided.filter(({ refused }) => refused === null).map(({ action }) => action),
    refused: decided.flatMap(({ refused }) => refused ?? []),
  };
}

export type VersionSummary = {
  number: number;
  title: string;
  contentHash: string;
  author: { name: string | null; kind: "person" | "agent" };
  createdAt: Date;
};

/** All versions of a post, newest first. */
export async function listVersions(
  deps: DeskDeps,
  workspaceId: string,
  id: string,
): Promise<VersionSummary[]> {
  const rows = await deps.database.read(workspaceId, versionsQuery(workspaceId, id));
  if (rows.length === 0) throw postNotFound();
  return rows.map((row) => ({
    number: row.number,
    title: row.title,
    contentHash: row.content_hash,
    author: { name: row.author_name, kind: row.author_kind },
    createdAt: row.created_at,
  }));
}

/** One version with its variants, for a diff or to bring it back by saving it again. */
export async function readVersion(
  deps: DeskDeps,
  workspaceId: string,
  id: string,
  number: number,
): Promise<VersionSummary & { variants: Variant[] }> {
  const query = compileOnly
    .selectFrom("post_versions as v")
    .leftJoin("users as u", "u.id", "v.created_by")
    .select([
      "v.number",
      "v.title",
      "v.content_hash",
      "v.author_kind",
      "v.created_at",
      "v.variants",
      "u.name as author_name",
    ])
    .where("v.workspace_id", "=", workspaceId)
    .where("v.post_id", "=", id)
    .where("v.number", "=", number)
    .compile();
  const [row] = await deps.database.read(workspaceId, query);
  if (!row) throw postNotFound();
  return {
    number: row.number,
    title: row.title,
    contentHash: row.content_hash,
    author: { name: row.author_name, kind: row.author_kind },
    createdAt: row.created_at,
    variants: row.variants as Variant[],
  };
}

function versionsQuery(workspaceId: string, id: string) {
  return compileOnly
    .selectFrom("post_versions as v")
    .leftJoin("users as u", "u.id", "v.created_by")
    .select([
      "v.number",
      "v.title",
      "v.content_hash",
      "v.author_kind",
      "v.created_at",
      "u.name as author_name",
    ])
    .where("v.workspace_id", "=", workspaceId)
    .where("v.post_id", "=", id)
    .orderBy("v.number", "desc")
    .compile();
}
