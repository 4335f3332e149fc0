import { refreshAllLimits } from "../accounts/limits.ts";
import { noteTargets } from "../accounts/targets.ts";
import { deleteUnusedApps } from "../apps/apps.store.ts";
import { deleteStates } from "../connect/oauth.store.ts";
import { deleteEndedPending } from "../connect/pending.store.ts";
import type { Open } from "../deps.ts";
import { renewAhead, warnOfEndings, type WatchDeps } from "./watch.ts";

export type Sweep = { name: string; everyMs: number; run(signal: AbortSignal): Promise<void> };

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Recurring work for a worker. */
export function channelSweeps(deps: WatchDeps & { open: Open }): Sweep[] {
  const { open, clock } = deps;
  const db = deps.database.system;
  return [
    { name: "channels.renew", everyMs: 5 * minuteMs, run: (signal) => renewAhead(deps, signal) },
    { name: "channels.targets", everyMs: hourMs, run: (signal) => noteTargets(db, open, signal) },
    { name: "channels.limits", everyMs: hourMs, run: (signal) => refreshAllLimits(deps, signal) },
    { name: "channels.warn", everyMs: hourMs, run: () => warnOfEndings(deps) },
    { name: "channels.apps", everyMs: hourMs, run: () => deleteUnusedApps(db) },
    {
      name: "channels.states",
      everyMs: hourMs,
      run: () => deleteStates(db, new Date(clock.now().getTime() - dayMs)),
    },
    { name: "channels.pending", everyMs: minuteMs, run: () => deleteEndedPending(db, clock.now()) },
  ];
}
