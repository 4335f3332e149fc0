import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export type PlainAnswer = { status: number; headers: IncomingHttpHeaders; text: string; body: unknown };

export type PlainRequest = { method?: string; headers?: Record<string, string>; json?: unknown };

function parseOrNull(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return null;
  }
}

/** One request over a connection of its own, no redirect followed; `body` is the parsed JSON, or null. */
export async function send(url: string, options: PlainRequest = {}): Promise<PlainAnswer> {
  const { method = "GET", headers = {}, json } = options;
  const type = json === undefined ? {} : { "content-type": "application/json" };
  const outgoing = request(url, { agent: false, method, headers: { accept: "*/*", ...type, ...headers } });
  outgoing.end(json === undefined ? undefined : JSON.stringify(json));
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const received = await text(incoming);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text: received,
    body: parseOrNull(received),
  };
}

/** GET that expects JSON. */
export function getJson(url: string): Promise<PlainAnswer> {
  return send(url);
}
