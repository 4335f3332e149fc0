import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import { mediaByIds } from "../media/media.store.ts";
import { targetChannels } from "../model/channels.store.ts";
import {
  type CheckContext,
  type TargetChannel,
  type VariantCheck,
  blockingProblems,
  checkVariants,
} from "../model/check.ts";
import { type Editor, editorsOf } from "../model/editors.read.ts";
import { postNotFound } from "../model/errors.ts";
import type { Media, PostStatus, Schedule, Source, Variant } from "../model/post.ts";
import type { Facts } from "../model/rules.ts";
import {
  type Approval,
  type Decision,
  type SeriesLink,
  scheduleOf,
  selectDecisions,
  selectPost,
} from "./load.read.ts";

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
 * Reads a post with its newest version, decisions, channels and images, and checks it. A verb calls it
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
