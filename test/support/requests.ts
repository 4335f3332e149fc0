import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export type PlainAnswer = { status: number; text: string; body: unknown };

function parseOrNull(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return null;
  }
}

/** GET over a connection of its own; `body` is the parsed JSON, null for anything else. */
export async function getJson(url: string): Promise<PlainAnswer> {
  const outgoing = request(url, { agent: false, headers: { accept: "*/*" } });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const received = await text(incoming);
  return { status: incoming.statusCode ?? 0, text: received, body: parseOrNull(received) };
}
