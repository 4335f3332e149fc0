import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import {
  type CheckContext,
  type TargetChannel,
  type VariantCheck,
  blockingProblems,
  checkVariants,
} from "../model/check.ts";
import type { BoundTargets } from "../model/binding.ts";
import { type Editor, type EditorRow, editorsOf, editorsOfPost } from "../model/editors.read.ts";
import { postNotFound } from "../model/errors.ts";
import { mediaByIds } from "../media/media.store.ts";
import type { Media, PostStatus, Schedule, Source, Variant } from "../model/post.ts";
import { targetChannels } from "../model/posts.store.ts";
import type { Facts } from "../model/rules.ts";

type Approval = {
  id: string;
  version: number;
  boundHash: string;
  boundAt: Date | null;
  note: string;
  decidedBy: { id: string; name: string } | null;
  decidedAt: Date;
  /** Until when whoever gave it can take it back; null once that is over, and for what a series approved. */
  undoUntil: Date | null;
  /** Where its channels led when it was given. */
  targets: BoundTargets;
  /** The approval of a series that it stems from. */
  seriesApprovalId: string | null;
  /** What it alone releases is not sent before. */
  notBefore: Date | null;
};

/** The newest decision on a post, standing or not: why it came back, or why its approval fell. */
export type Decision = Approval & {
  decision: "approved" | "changes_requested";
  voidedAt: Date | null;
  voidedReason: string | null;
};

type SeriesLink = {
  id: string;
  role: "template" | "occurrence";
  /** The occurrence's date on the wall of the rule's zone. */
  date: string | null;
  /** False once a person changed this occurrence: it goes its own way then. */
  follows: boolean;
  /** Why an occurrence is held. */
  reason: string | null;
};

/** A post with everything that its rules look at. */
export type LoadedPost = {
  id: string;
  title: string;
  status: PostStatus;
  version: number;
  contentHash: string;
  variants: Variant[];
  sources: Source[];
  schedule: Schedule | null;
  author: { id: string | null; name: string | null; kind: "person" | "agent" };
  /** Who changed it since it was first written. */
  changedBy: Editor[];
  /** Who wrote the newest version. */
  versionBy: string | null;
  /** The series that this post is the template or an occurrence of. */
  series: SeriesLink | null;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  approval: Approval | null;
  lastDecision: Decision | null;
  lastApprovedVersion: number | null;
  /** Who wrote a version after the last approved one. */
  authors: string[];
  media: Map<string, Media>;
  channels: Map<string, TargetChannel>;
  checks: VariantCheck[];
  workspace: { id: string; separateApprover: boolean; timeZone: string; graceSeconds: number };
  facts: Facts;
};

/**
 * Reads a post with its newest version, decisions, channels and images, and judges it. A verb calls it
 * after `lockPost`, in the same transaction, so that nothing of it changes before it acts.
 *
 * @throws DeskError `desk.post_not_found`
 */
export async function loadPost(
  db: Kysely<Schema>,
  context: CheckContext,
  workspaceId: string,
  id: string,
): Promise<LoadedPost> {
  const row = await selectPost(db, workspaceId, id);
  if (!row) throw postNotFound();
  const decisions = await selectDecisions(db, workspaceId, id);
  // Written by this module and checked on the way in.
  const variants = row.variants as Variant[];
  const sources = row.sources as Source[];
  const media = await mediaByIds(db, workspaceId, row.media_ids);
  const channels = await targetChannels(db, workspaceId, row.channel_ids);
  const checks = checkVariants(variants, { ...context, channels, media });
  const approval = decisions.find((one) => one.decision === "approved" && one.voidedAt === null) ?? null;
  const schedule = scheduleOf(row);
  return {
    id: row.id,
    title: row.title,
    status: row.status,
    version: row.version,
    contentHash: row.content_hash,
    variants,
    sources,
    schedule,
    author: { id: row.created_by, name: row.author_name, kind: row.author_kind },
    changedBy: editorsOf(row.changed_by),
    versionBy: row.version_by,
    series: row.series,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    approval,
    lastDecision: decisions[0] ?? null,
    lastApprovedVersion: row.last_approved_version,
    authors: row.authors,
    media,
    channels,
    checks,
    workspace: {
      id: workspaceId,
      separateApprover: row.separate_approver,
      timeZone: row.time_zone,
      graceSeconds: row.grace_seconds,
    },
    facts: {
      status: row.status,
      deleted: row.deleted_at !== null,
      template: row.kind === "template",
      scheduledAt: row.scheduled_at,
      approval,
      authors: row.authors,
      separateApprover: row.separate_approver,
      problems: blockingProblems(checks),
    },
  };
}

const seriesOfPost = sql<SeriesLink | null>`coalesce(
  (select json_build_object('id', o.series_id, 'role', 'occurrence', 'date', o.local_date::text,
      'follows', o.follows, 'reason', o.reason)
    from series_occurrences o where o.workspace_id = p.workspace_id and o.post_id = p.id),
  (select json_build_object('id', s.id, 'role', 'template', 'date', null, 'follows', false, 'reason', null)
    from series s where p.kind = 'template' and s.workspace_id = p.workspace_id and s.template_id = p.id))`;

function selectPost(db: Kysely<Schema>, workspaceId: string, id: string) {
  const lastApproved = sql<number | null>`(select max(version) from approvals a
    where a.workspace_id = p.workspace_id and a.post_id = p.id and a.decision = 'approved'
      and not a.taken_back)`;
  return db
    .selectFrom("posts as p")
    .innerJoin("post_versions as v", (join) =>
      join
        .onRef("v.workspace_id", "=", "p.workspace_id")
        .onRef("v.post_id", "=", "p.id")
        .onRef("v.number", "=", "p.version"),
    )
    .innerJoin("workspaces as w", "w.id", "p.workspace_id")
    .leftJoin("users as u", "u.id", "p.created_by")
    .select([
      "p.id",
      "p.title",
      "p.status",
      "p.version",
      "p.content_hash",
      "p.channel_ids",
      "p.sources",
      "p.scheduled_wall",
      "p.scheduled_zone",
      "p.scheduled_rule",
      "p.scheduled_at",
      "p.created_by",
      "p.author_kind",
      "p.created_at",
      "p.updated_at",
      "p.deleted_at",
      "p.kind",
      "v.variants",
      "v.created_by as version_by",
      seriesOfPost.as("series"),
      "v.media_ids",
      "w.separate_approver",
      "w.time_zone",
      "w.grace_seconds",
      "u.name as author_name",
      sql<EditorRow[]>`${sql.raw(editorsOfPost)}`.as("changed_by"),
      lastApproved.as("last_approved_version"),
      sql<string[]>`array(select distinct o.created_by from post_versions o
        where o.workspace_id = p.workspace_id and o.post_id = p.id and o.created_by is not null
          and o.number > coalesce(${lastApproved}, 0))`.as("authors"),
    ])
    .where("p.workspace_id", "=", workspaceId)
    .where("p.id", "=", id)
    .executeTakeFirst();
}

/** The newest decisions first; the standing approval is among them because any newer one ends it. */
async function selectDecisions(db: Kysely<Schema>, workspaceId: string, postId: string): Promise<Decision[]> {
  const rows = await db
    .selectFrom("approvals as a")
    .leftJoin("users as u", "u.id", "a.decided_by")
    .select([
      "a.id",
      "a.version",
      "a.bound_hash",
      "a.bound_at",
      "a.note",
      "a.decision",
      "a.decided_by",
      "a.decided_at",
      "a.voided_at",
      "a.voided_reason",
      "u.name",
      "a.undo_until as not_before",
      "a.targets",
      "a.series_approval_id",
      sql<Date | null>`case when a.voided_at is null and a.series_approval_id is null
        and a.undo_until > clock_timestamp() then a.undo_until end`.as("undo_until"),
    ])
    .where("a.workspace_id", "=", workspaceId)
    .where("a.post_id", "=", postId)
    .orderBy("a.id", "desc")
    .limit(2)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    boundHash: row.bound_hash,
    boundAt: row.bound_at,
    note: row.note,
    decision: row.decision,
    decidedBy: row.decided_by === null ? null : { id: row.decided_by, name: row.name ?? "" },
    decidedAt: row.decided_at,
    undoUntil: row.undo_until,
    notBefore: row.not_before,
    // Written by this module.
    targets: row.targets as BoundTargets,
    seriesApprovalId: row.series_approval_id,
    voidedAt: row.voided_at,
    voidedReason: row.voided_reason,
  }));
}

export type ScheduleColumns = {
  scheduled_wall: string | null;
  scheduled_zone: string | null;
  scheduled_rule: Schedule["rule"] | null;
  scheduled_at: Date | null;
};

export function scheduleOf(row: ScheduleColumns): Schedule | null {
  if (row.scheduled_at === null || row.scheduled_wall === null || row.scheduled_zone === null) return null;
  return {
    wall: row.scheduled_wall,
    zone: row.scheduled_zone,
    rule: row.scheduled_rule ?? "compatible",
    at: row.scheduled_at,
  };
}
