import type { Sweep, WorkerOptions } from "#platform/jobs";
import { securityLogSweep } from "#platform/security-log";
import { idempotencySweep } from "./edge/http/idempotency/idempotency.sweep.ts";
import type { FeatureParts, Features } from "./features.ts";

/** The features' jobs and rounds, and what they free of workers that died: what the role `worker` runs, and nothing that serves requests. */
export function workOf(
  { database }: Pick<FeatureParts, "database">,
  features: Features,
): Pick<WorkerOptions, "tasks" | "sweeps" | "onDeadWorkers"> {
  const { agent, channels, clock, deliveries, desk, events, identity, imports } = features;
  const { notifications, sites, workspaces } = features;
  // What renews a token, or makes posts and costs, is left to the other one where this may be a copy.
  const unlessTwice = (sweep: Sweep): Sweep => ({
    ...sweep,
    run: async (signal) => {
      if (!deliveries.quarantine.mayRunTwice()) await sweep.run(signal);
    },
  });
  return {
    tasks: {
      ...deliveries.tasks,
      ...agent.tasks,
      ...imports.tasks,
      ...notifications.tasks,
      ...identity.tasks,
      ...workspaces.tasks,
      ...desk.tasks,
      ...events.tasks,
    },
    sweeps: [
      ...events.sweeps,
      ...deliveries.sweeps,
      ...channels.sweeps.map(unlessTwice),
      ...identity.sweeps,
      ...agent.sweeps.map(unlessTwice),
      unlessTwice(desk.series.sweep),
      imports.sweep,
      sites.sweep,
      idempotencySweep({ database, clock }),
      securityLogSweep({ database }),
    ],
    onDeadWorkers: (ids) => deliveries.recoverFromDead(ids),
  };
}
