import { setTimeout as pause } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { Client } from "pg";
import type { Schema } from "./schema.gen.ts";

export type ListenOptions = {
  /** An address at which a session stays: behind a pooler, the database's own. */
  url: string;
  channel: string;
  onMessage: (payload: string) => void;
  /** Whenever it begins to listen: what was told before has been missed. */
  onListening: () => void;
  /** A connection that could not be made or has ended; the next one is tried by itself. */
  onError: (error: unknown) => void;
};

const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** A connection of which nothing is heard for so long may be dead without a word. */
const askEveryMs = 30_000;
const answersWithinMs = 10_000;

/** Listens to a channel of the database on a connection of its own, again and again until stopped (LISTEN, NOTIFY). */
export function listenTo(options: ListenOptions): { stop: () => Promise<void> } {
  const stopping = new AbortController();

  async function listen(): Promise<void> {
    for (
      let pauseMs = firstPauseMs;
      !stopping.signal.aborted;
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    ) {
      try {
        await listenOnce(options, stopping.signal, () => {
          pauseMs = firstPauseMs;
        });
      } catch (error) {
        if (!stopping.signal.aborted) options.onError(error);
      }
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const listening = listen();
  return {
    stop: async () => {
      stopping.abort();
      await listening;
    },
  };
}

/** Tells those who listen to a channel, once the transaction commits; the same payload within one is told once. */
export async function notify(
  db: Kysely<Schema>,
  channel: string,
  payloads: readonly string[],
): Promise<void> {
  await sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as payload`.execute(db);
}

/** Until the connection ends, by itself or because of `signal`. */
async function listenOnce(
  { url, channel, onMessage, onListening }: ListenOptions,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "galley listen", keepAlive: true });
  const ended = new Promise<Error | null>((resolve) => {
    client.on("error", resolve);
    client.on("end", () => resolve(null));
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  client.on("notification", ({ payload = "" }) => onMessage(payload));
  const asking = new AbortController();
  try {
    await client.connect();
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onConnected();
    onListening();
    const silent = keepAsking(client, asking.signal);
    const error = await Promise.race([ended, silent]);
    if (error) throw error;
  } finally {
    asking.abort();
    await client.end().catch(() => undefined);
  }
}

/** The error of a connection that does not answer any more. */
async function keepAsking(client: Client, signal: AbortSignal): Promise<Error> {
  for (;;) {
    await pause(askEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return new Error("it is not asked any more");
    const late = pause(answersWithinMs, "late" as const, { signal, ref: false }).catch(() => "late" as const);
    const answer = await Promise.race([client.query("select 1").catch((error: Error) => error), late]);
    if (answer === "late") return new Error("the connection that listens does not answer");
    if (answer instanceof Error) return answer;
  }
}
