/**
 * Collects what concurrent callers write and commits it together: while one flush is on its way, the next
 * gathers. Each caller's promise settles after the commit that contains its item, so grouping costs no
 * durability; it divides the price of a commit by the number of callers.
 *
 * When a flush fails with an error that `isolates` recognises as one item's own (the database refused and
 * rolled back), each item is flushed alone, so that one bad item does not fail its neighbours. With any
 * other error all of its callers fail, and none of them knows whether the commit happened.
 */
export function groupCommit<Item, Result>(options: {
  flush: (items: Item[]) => Promise<Result[]>;
  isolates: (error: unknown) => boolean;
  maxItems: number;
}): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let flushing = false;

  async function flushTogether(batch: Waiting[]): Promise<void> {
    try {
      const results = await options.flush(batch.map(({ item }) => item));
      for (const [index, caller] of batch.entries()) {
        const result = results[index];
        if (result === undefined) caller.reject(new TypeError("a flush answers every item"));
        else caller.resolve(result);
      }
    } catch (error) {
      if (batch.length > 1 && options.isolates(error)) {
        for (const caller of batch) await flushTogether([caller]);
        return;
      }
      for (const caller of batch) caller.reject(error);
    }
  }

  async function run(): Promise<void> {
    flushing = true;
    // Callers of the same turn of the event loop join the first flush.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.maxItems);
      waiting = waiting.slice(options.maxItems);
      await flushTogether(batch);
    }
    flushing = false;
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    waiting.push({ item, resolve, reject });
    if (!flushing) void run();
    return promise;
  };
}
