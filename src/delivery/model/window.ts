import type { Settling } from "#connectors";
import type { Claimed } from "./claimed.ts";

/**
 * W: how long after t_send a post may still become visible. What the connector declares, for a post with files where
 * it has some, what the configuration demands at least, and twice what was seen on this channel.
 */
export function windowFor(
  { windowMs, mediaWindowMs = windowMs, deadlineMs, builtIn }: Settling,
  { minimumWindowMs, marginMs }: { minimumWindowMs: number; marginMs: number },
  { learnedMs, content }: Pick<Claimed, "learnedMs" | "content">,
): number {
  const floor = builtIn ? 0 : minimumWindowMs;
  const declared = content.media.length > 0 ? mediaWindowMs : windowMs;
  return Math.max(declared, deadlineMs + marginMs, floor, 2 * learnedMs);
}
