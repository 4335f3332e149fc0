/** A platform's own clock, which its control routes can set ahead. */
export type PlatformClock = { now(): Date };
