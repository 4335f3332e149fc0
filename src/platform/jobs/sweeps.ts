import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "#platform/telemetry";

/**
 * Work that comes round by itself, in every worker. It must be safe beside another worker's sweep of the
 * same name, and should stop soon after its signal.
 */
export type Sweep = {
  name: string;
  everyMs: number;
  run: (signal: AbortSignal) => Promise<void>;
  /** It makes or renews what two Galleys must not both: it rests where this may be a copy of one that still runs. */
  notInCopies?: boolean;
};

async function loop(sweep: Sweep, signal: AbortSignal, log: Logger): Promise<void> {
  while (!signal.aborted) {
    try {
      await sweep.run(signal);
    } catch (error) {
      if (!signal.aborted)
        log.error({ err: error, sweep: sweep.name }, "a sweep failed and will come round again");
    }
    // A little disorder keeps the workers of one database from sweeping in step.
    await pause(sweep.everyMs * (0.9 + Math.random() * 0.2), undefined, { signal }).catch(() => undefined);
  }
}

/** Runs each sweep now and then again `everyMs` after it finished: one never overlaps itself. */
export function startSweeps(sweeps: readonly Sweep[], log: Logger): { stop: () => Promise<void> } {
  const controller = new AbortController();
  const loops = sweeps.map((sweep) => loop(sweep, controller.signal, log));
  return {
    stop: async () => {
      controller.abort();
      await Promise.all(loops);
    },
  };
}
