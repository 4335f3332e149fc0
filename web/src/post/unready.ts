import type { Action, CheckProblem, Post } from "../api/types.ts";
import { refusal } from "./allowed.ts";

/** What is mended at a channel, not at the post; the server decides, this only asks beforehand. */
const codes = new Set([
  "desk.channel_disconnected",
  "desk.channel_needs_reconnect",
  "desk.permission_missing",
  "desk.connector_missing",
]);

function isUnready({ severity, code }: CheckProblem): boolean {
  return severity === "error" && (codes.has(code) || code.endsWith(".not_configured"));
}

export type UnreadyChannel = { channelId: string; handle: string; reason: string };

/**
 * The channels that are not set up, where leaving them out lets the post go out on the others; empty where nothing is
 * in the way or something else is.
 */
export function skippable(post: Post, action: Action): UnreadyChannel[] {
  const refused = post.refused.find((one) => one.action === action);
  if (refusal(post, action) === null || refused?.code !== "desk.not_ready") return [];
  const unready = post.checks.flatMap(({ channelId, problems }) => {
    const problem = problems.find(isUnready);
    const handle = post.channels.find((channel) => channel.channelId === channelId)?.handle ?? "";
    return problem ? [{ channelId, handle, reason: problem.message }] : [];
  });
  const left = post.checks.filter(({ channelId }) => !unready.some((one) => one.channelId === channelId));
  const areReady = left.every(({ problems }) => problems.every(({ severity }) => severity !== "error"));
  return left.length > 0 && areReady ? unready : [];
}
