import type { DeskDeps } from "../deps.ts";
import type { PostHooks } from "../posts/hooks.ts";
import { redirectionInWords } from "../posts/targets.ts";
import { leaveSeries } from "./occurrences.store.ts";
import { revokeSeriesApproval } from "./revoke.ts";
import { newestApproval } from "./series-approvals.store.ts";
import { seriesHashAsApproved } from "./series-hash.ts";
import { lockSeries } from "./series.store.ts";

/** What changed posts mean for their series: an occurrence goes its own way, and an approval falls with its template. */
export function seriesHooks(deps: Pick<DeskDeps, "deliveries" | "clock">): PostHooks {
  return {
    occurrenceChanged: ({ db, workspaceId, postId }) => leaveSeries(db, workspaceId, postId),
    async templateEdited({ db, workspaceId, templateId, reason, now }) {
      const series = await lockSeries(db, workspaceId, templateId);
      if (series) await revokeSeriesApproval(deps, { db, series, now }, reason);
    },
    async templateRedirected({ db, template, channelId }) {
      const series = await lockSeries(db, template.workspace.id, template.id);
      const approval = series && (await newestApproval(db, series));
      if (!approval || approval.voidedAt !== null) return;
      if (seriesHashAsApproved(series.rule, template, approval.targets) === approval.boundHash) return;
      const reason = redirectionInWords(template, channelId, approval.targets[channelId]?.words);
      await revokeSeriesApproval(deps, { db, series, now: deps.clock.now() }, reason);
    },
  };
}
