import { AsyncLocalStorage } from "node:async_hooks";

/** A platform's own clock, in milliseconds since the epoch. */
export type SettableClock = {
  now: () => number;
  /** Sets it ahead, once and for all. */
  advance(ms: number): void;
  /** Within `run`, it is so much further ahead: the clock of one account. */
  aheadBy<Result>(ms: number, run: () => Result): Result;
};

/** A clock that is right until somebody sets it. */
export function createClock(): SettableClock {
  const ofAccount = new AsyncLocalStorage<number>();
  let aheadMs = 0;
  return {
    now: () => Math.trunc(Date.now() + aheadMs + (ofAccount.getStore() ?? 0)),
    advance(ms) {
      aheadMs += ms;
    },
    aheadBy: (ms, run) => ofAccount.run(ms, run),
  };
}
