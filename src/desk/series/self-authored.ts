import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import type { Schema } from "#platform/db";
import { isSelfAuthored } from "../model/self-authored.read.ts";
import { authorsOf } from "../model/versions.store.ts";
import type { LoadedPost } from "../posts/load.ts";
import { lastApprovedTemplate } from "./series-approvals.store.ts";
import type { SeriesRow } from "./series.store.ts";

export const selfAuthoredReason =
  "You wrote or changed part of this series since its last approval; this workspace asks for the approval of somebody else.";

/** Whether the approval has to be somebody else's: two people are asked for, and this one wrote part of the series. */
export async function isSelfAuthoredSeries(
  db: Kysely<Schema>,
  series: SeriesRow,
  template: LoadedPost,
  actor: Actor,
): Promise<boolean> {
  const { separateApprover } = template.workspace;
  if (!separateApprover) return false;
  const approvedVersion = await lastApprovedTemplate(db, series);
  const authors = await authorsOf(db, series.workspaceId, template.id, approvedVersion);
  return isSelfAuthored({ separateApprover, authors: [...series.editors, ...authors] }, actor);
}
