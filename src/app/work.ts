import { auditSubscriber } from "#platform/audit";
import { createEvents } from "#platform/events";
import { workerPartOf } from "#platform/features";
import type { Sweep, WorkerOptions } from "#platform/jobs";
import { leasesSweep } from "#platform/leases";
import { securityLogSweep } from "#platform/security-log";
import { idempotencySweep } from "../edge/http/idempotency/idempotency.sweep.ts";
import { type Features, features } from "./features.ts";

type Work = Pick<WorkerOptions, "tasks" | "sweeps" | "onDeadWorkers"> & {
  /** To be awaited before the first job. Throws where this process must not work. */
  beforeStart: () => Promise<void>;
};

/** What the role `worker` runs of the features, and nothing that serves requests. */
export function workOf(made: Features): Work {
  const { database, announcements, clock, jobs, log, deliveries, eventsKeepMs: keepMs } = made;
  const { subscribers, ...part } = workerPartOf(features, made);
  const events = createEvents({
    database,
    jobs,
    log,
    keepMs,
    subscribers: [auditSubscriber, ...subscribers],
    announce: (workspaceIds) => announcements.announce(workspaceIds),
  });
  // Where this may be a copy of a Galley that still runs, the other one is left what must not be done twice.
  const unlessCopied = (sweep: Sweep): Sweep => ({
    ...sweep,
    run: async (signal) => {
      if (!deliveries.quarantine.mayRunTwice()) await sweep.run(signal);
    },
  });
  return {
    ...part,
    tasks: { ...part.tasks, ...events.tasks },
    sweeps: [
      ...events.sweeps,
      ...part.sweeps.map((sweep) => (sweep.notInCopies ? unlessCopied(sweep) : sweep)),
      idempotencySweep({ database, clock }),
      leasesSweep({ database }),
      securityLogSweep({ database }),
    ],
  };
}
