/** What is refreshed together. */
type Round<Item> = (items: ReadonlySet<Item>) => Promise<unknown>;

/**
 * Gathers what comes in bursts: the first at once, the rest in rounds of which each waits for the one before and for
 * `everyMs`. So an import of a thousand posts does not ask a thousand times, nor call off what it has just asked.
 */
export function inRounds<Item>(
  { everyMs, signal }: { everyMs: number; signal: AbortSignal },
  round: Round<Item>,
): (item: Item) => void {
  const waiting = new Set<Item>();
  let isRunning = false;

  async function run(): Promise<void> {
    // What comes in one piece belongs to one round.
    await Promise.resolve();
    while (waiting.size > 0 && !signal.aborted) {
      const items = new Set(waiting);
      waiting.clear();
      await Promise.all([
        round(items).catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, everyMs)),
      ]);
    }
    isRunning = false;
  }

  return (item) => {
    waiting.add(item);
    if (isRunning) return;
    isRunning = true;
    void run();
  };
}
