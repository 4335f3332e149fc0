import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

export type Reply = { status: number; headers: IncomingMessage["headers"]; body: unknown };
type Call = { method?: string; path: string; body?: unknown; headers?: Record<string, string> };

/** One HTTP request on a connection of its own; rejects when the connection breaks. */
export async function send(server: string, { method = "GET", path, body, headers }: Call): Promise<Reply> {
  const payload = body === undefined ? null : JSON.stringify(body);
  const outgoing = request(new URL(path, server), {
    method,
    agent: false,
    timeout: 15_000,
    headers: {
      accept: "application/json",
      ...(payload === null ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 15 s")));
  outgoing.end(payload ?? undefined);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const received = await text(incoming);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed(received) };
}

function parsed(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return received;
  }
}

/** A signed-in person who repeats a request until a server that comes and goes has answered it. */
export type Persistent = {
  /** Any answer below 500 counts; the server may be killed and restarted meanwhile. */
  call(call: Call): Promise<Reply>;
};

export function persistent(serverOf: () => string | null, token: string): Persistent {
  return {
    async call(call) {
      for (;;) {
        const server = serverOf();
        if (server !== null) {
          try {
            const headers = { authorization: `Bearer ${token}`, ...call.headers };
            const reply = await send(server, { ...call, headers });
            if (reply.status < 500 && reply.status !== 429) return reply;
          } catch {
            // Killed under way; whether it was done is for the caller to look up.
          }
        }
        await pause(50);
      }
    },
  };
}

/** Numbers in [0, 1) that follow from a seed (mulberry32), so that a run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
