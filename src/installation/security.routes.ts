import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, pageQuery } from "#platform/wire";
import type { z } from "zod";
import type { Installation } from "./installation.ts";
import * as schema from "./installation.schema.ts";

const tags = ["Security"];

/** What was refused: of everything to the admins of the installation, of a workspace to those who manage it. */
export function securityRoutes(app: App, { installation }: { installation: Installation }): void {
  app.get(
    "/installation/security-events",
    {
      config: { access: "installation" },
      schema: {
        operationId: "listSecurityEvents",
        summary: "Refused sign-ins, tokens, requests and rights of this installation, newest first",
        tags,
        querystring: pageQuery,
        response: { 200: schema.securityPage },
      },
    },
    (request) => pageOfRefusals(installation, null, request.query),
  );

  app.get(
    "/security-events",
    {
      config: { access: "workspace.manage" },
      schema: {
        operationId: "listWorkspaceSecurityEvents",
        summary: "What was refused in this workspace, newest first",
        tags,
        querystring: pageQuery,
        response: { 200: schema.securityPage },
      },
    },
    (request) => pageOfRefusals(installation, actorOf(request).workspaceId, request.query),
  );
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
