import type { Worker } from "node:worker_threads";

type Limits = {
  /** Milliseconds of a processor: what a piece of work takes, however busy the machine is. */
  processorMs: number;
  /** Milliseconds on the clock, for a thread that does not even get to work. */
  clockMs: number;
};

/** Calls `onOver` once when a thread has worked longer than it may, counted from now. Returns what ends the watch. */
export function watchWork(worker: Worker, limits: Limits, onOver: () => void): () => void {
  let isEnded = false;
  const before = workedMs(worker);

  async function look(): Promise<void> {
    if ((await workedMs(worker)) - (await before) > limits.processorMs) over();
  }
  function over(): void {
    if (!isEnded) onOver();
    stop();
  }
  function stop(): void {
    isEnded = true;
    clearTimeout(timer);
    clearInterval(watch);
  }
  const timer = setTimeout(over, limits.clockMs);
  const watch = setInterval(() => void look(), Math.min(500, limits.processorMs));
  return stop;
}

/** 0 where it has not begun, and where it has ended, which is told by its own event. */
async function workedMs(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1_000;
  } catch {
    return 0;
  }
}
