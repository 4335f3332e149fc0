type Moment = { monotonic: number; wall: number };

const deadlines = new WeakMap<AbortSignal, Moment>();

/**
 * Says until when work under this signal may begin something that cannot be taken back, and replaces what was said
 * before. The timer that aborts the signal is not enough: in a process that stood still (SIGSTOP, a paused machine)
 * sockets speak before timers do.
 */
export function setDeadline(signal: AbortSignal, inMs: number): void {
  deadlines.set(signal, { monotonic: performance.now() + inMs, wall: Date.now() + inMs });
}

/**
 * Whether the time of a signal is over, asked of the clocks themselves: the monotonic one, which a wrong wall clock
 * does not move, and the wall clock, which goes on while a machine sleeps. Ask right before the first byte.
 */
export function isOver(signal: AbortSignal): boolean {
  const deadline = deadlines.get(signal);
  if (signal.aborted || !deadline) return signal.aborted;
  return performance.now() > deadline.monotonic || Date.now() > deadline.wall;
}
