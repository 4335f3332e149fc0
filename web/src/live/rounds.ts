/** Refreshes what has gathered. */
type Round<Item> = (items: ReadonlySet<Item>) => Promise<unknown>;

/** Where changes do not end, rounds come at last so seldom; and one that hangs holds up the next no longer. */
const longestPauseMs = 4_000;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/**
 * Gathers what comes in bursts: the first is refreshed at once, the rest in rounds, the next of which comes after
 * `everyMs`, those behind it after twice as long each. So an import of a thousand posts does not ask a thousand times,
 * nor call off what it has just asked.
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
    for (let pauseMs = everyMs; waiting.size > 0 && !signal.aborted; pauseMs *= 2) {
      const items = new Set(waiting);
      waiting.clear();
      const done = round(items).catch(() => undefined);
      await Promise.all([
        pause(Math.min(pauseMs, longestPauseMs)),
        Promise.race([done, pause(longestPauseMs)]),
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
