import type { z } from "zod";
import type { App, pageQuery } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, serve } from "#platform/wire";
import type { Installation } from "./installation.ts";
import { securityContract } from "./security.contract.ts";

/** What was refused: of everything to the admins of the installation, of a workspace to those who manage it. */
export function securityRoutes(app: App, { installation }: { installation: Installation }): void {
  serve(app, securityContract, {
    listSecurityEvents: (request) => pageOfRefusals(installation, null, request.query),

    listWorkspaceSecurityEvents: (request) =>
      pageOfRefusals(installation, actorOf(request).workspaceId, request.query),
  });
}

async function pageOfRefusals(
  installation: Installation,
  workspaceId: string | null,
  { limit, cursor }: z.output<typeof pageQuery>,
) {
  const before = cursor === undefined ? null : decodeIdCursor(cursor);
  const records = await installation.refusals(workspaceId, { limit: limit + 1, before });
  const items = records.slice(0, limit).map(({ userId, userName, at, ...record }) => ({
    ...record,
    at: at.toISOString(),
    user: userId === null ? null : { id: userId, name: userName },
  }));
  const last = items.at(-1);
  return { items, next: records.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
}
