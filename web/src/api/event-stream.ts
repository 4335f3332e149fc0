import { createParser } from "eventsource-parser";
import { addressOf } from "#contract";
import { problemOf } from "./problem.ts";

/** What the server tells of: `open` and `reset` once at the beginning, then the kind of each event. */
export type StreamMessage = { id: string | null; kind: string };

export type StreamOptions = {
  workspaceId: string;
  /** The last message that was heard; null: from now on. */
  after: string | null;
  signal: AbortSignal;
  onMessage: (message: StreamMessage) => void;
  /** For tests. */
  silentAfterMs?: number;
};

/** The server writes at least every 20 seconds; a connection that is silent for longer leads nowhere any more. */
const longestSilenceMs = 50_000;

/**
 * Reads one connection that tells what happens in a workspace, until the server ends it.
 *
 * @throws ApiError where the server refuses it; what `fetch` throws where it breaks off
 */
export async function readEventStream({
  workspaceId,
  after,
  signal,
  onMessage,
  silentAfterMs = longestSilenceMs,
}: StreamOptions): Promise<void> {
  const { method, path } = addressOf("followEvents");
  const silence = new AbortController();
  let watch = setTimeout(() => silence.abort(), silentAfterMs);
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: "text/event-stream",
        "galley-workspace": workspaceId,
        ...(after === null ? {} : { "last-event-id": after }),
      },
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || !response.body) throw await problemOf(response);
    const parser = createParser({
      onEvent: ({ id = null, event = "" }) => onMessage({ id, kind: event }),
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(() => silence.abort(), silentAfterMs);
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(watch);
  }
}
