import type { Clock } from "#kit";
import { GalleyError } from "#kit";
import type { Database } from "#platform/db";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { usageContract } from "./usage.contract.ts";
import { usageSummary } from "./usage.read.ts";

const day = 86_400_000;

/** GET /usage: tokens, money and time by model, operation and day. */
export function usageRoutes(app: App, { database, clock }: { database: Database; clock: Clock }): void {
  serve(app, usageContract, {
    getUsage: async (request) => {
      const to = request.query.to ? new Date(request.query.to) : clock.now();
      const from = request.query.from ? new Date(request.query.from) : new Date(to.getTime() - 30 * day);
      if (from >= to) throw emptyRange();
      const summary = await usageSummary(database, actorOf(request).workspaceId, { from, to });
      return { ...summary, from: from.toISOString(), to: to.toISOString() };
    },
  });
}

function emptyRange(): GalleyError {
  const message = "`from` must be before `to`.";
  return new GalleyError({
    code: "usage.empty_range",
    kind: "invalid",
    message,
    problems: [{ path: "/from", code: "usage.empty_range", message }],
  });
}
