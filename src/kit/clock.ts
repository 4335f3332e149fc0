/** The time, as an argument: tests and the chaos harness move it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
