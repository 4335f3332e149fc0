import { sql } from "kysely";
import type { Database } from "#platform/db";
import { compileOnly } from "#platform/db";

/** An event as it is announced to open pages: what happened to what, and nothing of its content. */
export type AnnouncedEvent = {
  sequence: number;
  kind: string;
  target: { kind: string; id: string } | null;
};

/** The events of a workspace behind `after`, oldest first. */
export async function eventsAfter(
  database: Database,
  workspaceId: string,
  { after, limit }: { after: number; limit: number },
): Promise<AnnouncedEvent[]> {
  const query = compileOnly
    .selectFrom("events")
    .select(["sequence", "kind", "target_kind", "target_id"])
    .where("workspace_id", "=", workspaceId)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .compile();
  const rows = await database.read(workspaceId, query);
  return rows.flatMap(({ sequence, kind, target_kind: target, target_id: id }) =>
    sequence === null
      ? []
      : [{ sequence, kind, target: target === null || id === null ? null : { kind: target, id } }],
  );
}

/** The span of what can be read: the oldest that is kept, and the newest. */
export async function eventSpan(
  database: Database,
  workspaceId: string,
): Promise<{ oldest: number; newest: number }> {
  const query = sql<{ oldest: number; newest: number }>`
    select coalesce((select min(sequence) from events where workspace_id = ${workspaceId}), h.sequence + 1) as oldest,
      h.sequence as newest
    from event_heads h where h.workspace_id = ${workspaceId}`.compile(compileOnly);
  const [span] = await database.read(workspaceId, query);
  return span ?? { oldest: 1, newest: 0 };
}
