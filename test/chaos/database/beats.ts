import { setTimeout as pause } from "node:timers/promises";
import type { Postgres } from "./server.ts";

const lookEveryMs = 20;
const patienceMs = 8_000;

/**
 * Right after a beat that a server has heard of, before the longest time without one. What is lost in that time, no
 * count of beats tells: two processes beat at the same pace, so the pause after a beat is the one before the last.
 */
export async function beforeLongestPause(server: Postgres): Promise<void> {
  const beats: number[] = [];
  let last: unknown = null;
  for (
    const deadline = performance.now() + patienceMs;
    performance.now() < deadline;
    await pause(lookEveryMs)
  ) {
    const [row] = await server.query("select beat from installation");
    if (row?.["beat"] === last) continue;
    last = row?.["beat"];
    beats.push(performance.now());
    const [first, second, third] = beats.slice(-3);
    if (first === undefined || second === undefined || third === undefined) continue;
    if (second - first >= third - second) return;
  }
}
