export type WorkerPoolOptions<Row> = {
  /** Takes up to `limit` rows that are due now, none of the `busy` groups. */
  claim: (limit: number, busy: string[]) => Promise<Row[]>;
  /** Works on one row. Must not throw. */
  work: (row: Row, stopping: AbortSignal) => Promise<void>;
  /** Rows of one group share something that must not take the whole pool while others wait: a channel. */
  groupOf: (row: Row) => string;
  concurrency: number;
  perGroup: number;
  /** How often it looks for what is due while work goes on that takes long. */
  lookEveryMs: number;
};

export type WorkerPool = {
  /**
   * Claims and works until nothing is due or `stopping` aborts, then waits for what runs. While one run
   * goes on, another call only tells it to look again.
   */
  run(stopping: AbortSignal): Promise<void>;
};

/** Keeps a bounded number of rows in work, and claims the next before the last has finished. */
export function createWorkerPool<Row>(options: WorkerPoolOptions<Row>): WorkerPool {
  const { concurrency, perGroup } = options;
  const groups = new Map<string, number>();
  const active = new Set<Promise<void>>();
  let running = false;
  let lookAgain = false;
  let mayHaveMore = false;
  let changed = Promise.withResolvers<void>();

  function start(row: Row, stopping: AbortSignal): void {
    const group = options.groupOf(row);
    groups.set(group, (groups.get(group) ?? 0) + 1);
    const work = options.work(row, stopping).finally(() => {
      active.delete(work);
      const left = (groups.get(group) ?? 1) - 1;
      if (left === 0) groups.delete(group);
      else groups.set(group, left);
      changed.resolve();
    });
    active.add(work);
  }

  async function fill(stopping: AbortSignal): Promise<void> {
    const limit = concurrency - active.size;
    const busy = [...groups].filter(([, count]) => count >= perGroup).map(([group]) => group);
    lookAgain = false;
    mayHaveMore = false;
    let rows = await options.claim(limit, busy);
    // Nothing of the others: the busy groups may have the room.
    if (rows.length === 0 && busy.length > 0) rows = await options.claim(limit, []);
    for (const row of rows) start(row, stopping);
    // As many came as were asked for: there may be more.
    if (rows.length === limit) mayHaveMore = true;
  }

  async function drain(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      // Half of the slots at a time: one claim for many rows, and no moment without work.
      const room = active.size <= concurrency / 2;
      if (room && (mayHaveMore || lookAgain)) {
        await fill(stopping);
      } else if (active.size === 0) {
        return;
      } else {
        changed = Promise.withResolvers<void>();
        await changed.promise;
      }
    }
  }

  return {
    async run(stopping) {
      lookAgain = true;
      changed.resolve();
      if (running) return;
      running = true;
      const looking = setInterval(() => {
        lookAgain = true;
        changed.resolve();
      }, options.lookEveryMs);
      try {
        await drain(stopping);
      } finally {
        clearInterval(looking);
        await Promise.all(active);
        running = false;
      }
    },
  };
}
