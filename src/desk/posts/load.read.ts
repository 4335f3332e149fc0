import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Schema } from "#platform/db";
import type { BoundTargets } from "../model/binding.ts";
import { type EditorRow, editorsOfPost } from "../model/editors.read.ts";
import type { Schedule } from "../model/post.ts";
import { lastApprovedVersion } from "../model/self-authored.read.ts";

export type Approval = {
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

export type SeriesLink = {
  id: string;
  role: "template" | "occurrence";
  /** The occurrence's date on the wall of the rule's zone. */
  date: string | null;
  /** False once a person changed this occurrence: it goes its own way then. */
  follows: boolean;
  /** Why an occurrence is held. */
  reason: string | null;
};

const seriesOfPost = sql<SeriesLink | null>`coalesce(
  (select json_build_object('id', o.series_id, 'role', 'occurrence', 'date', o.local_date::text,
      'follows', o.follows, 'reason', o.reason)
    from series_occurrences o where o.workspace_id = p.workspace_id and o.post_id = p.id),
  (select json_build_object('id', s.id, 'role', 'template', 'date', null, 'follows', false, 'reason', null)
    from series s where p.kind = 'template' and s.workspace_id = p.workspace_id and s.template_id = p.id))`;

/** The newest version of a post with what surrounds it, in one row. */
export function selectPost(db: Kysely<Schema>, workspaceId: string, id: string) {
  const lastApproved = sql<number | null>`${sql.raw(lastApprovedVersion)}`;
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
export async function selectDecisions(
  db: Kysely<Schema>,
  workspaceId: string,
  postId: string,
): Promise<Decision[]> {
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
