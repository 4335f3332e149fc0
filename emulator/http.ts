import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the emulators' handlers see it, its body read whole. */
export type EmulatorRequest = {
  method: string;
  /** Without the public base path and without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
};

export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
};

/** Takes a request to an answer, or to null where the connection was dealt with otherwise. */
export type Handler = (request: EmulatorRequest, response: ServerResponse) => Promise<Answer | null>;

/** An answer that a handler throws. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const bodyLimit = 16 * 1024 * 1024;

// No scripts at all: these pages show what strangers wrote, possibly on the origin of the main server.
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'",
  "x-content-type-options": "nosniff",
  // Not "no-referrer": browsers then send their own forms with `Origin: null`, which looks like another site.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

export function page(html: string, status = 200): Answer {
  return { status, headers: pageHeaders, body: html };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}

export function redirect(location: string): Answer {
  return { status: 303, headers: { location, "cache-control": "no-store" }, body: "" };
}

/** Writes an answer; `cutAfter` resets the connection after that share (0..1) of the body. */
export function send(response: ServerResponse, answer: Answer, cutAfter?: number): void {
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  if (cutAfter !== undefined && body.length === 0) {
    // The head alone would be the whole answer, so it is cut within its first line.
    response.socket?.write(`HTTP/1.1 ${answer.status}`, () => response.socket?.resetAndDestroy());
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  if (cutAfter === undefined) {
    response.end(body);
    return;
  }
  const part = body.subarray(0, Math.floor(body.length * cutAfter));
  response.write(part, () => response.socket?.resetAndDestroy());
}

export type Listening = { server: Server; port: number; close(): Promise<void> };

/** Serves `handler` on a loopback (or given) address. Requests under `basePath` reach it without that prefix. */
export async function listen(
  handler: Handler,
  at: { host: string; port: number; basePath: string },
): Promise<Listening> {
  const server = createServer((incoming, response) => {
    void answerOne(handler, at.basePath, incoming, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A page that lets a name of its own lead to this machine would otherwise read and steer an emulator (DNS rebinding). */
function isLoopback(host: string | undefined): boolean {
  return host === undefined || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}

/**
 * Whether a page of another site makes a browser send this. It could not read the answer, and need not: a fault is set
 * all the same. Programs, and Galley where it passes a request on, send neither header.
 */
function isForeign({ method, headers }: IncomingMessage): boolean {
  if (method === "GET" || method === "HEAD") return false;
  const { origin, host, "sec-fetch-site": site = "same-origin" } = headers;
  const isOwnOrigin = origin === undefined || origin === `http://${host}`;
  return !isOwnOrigin || !["same-origin", "none"].includes(site);
}

async function answerOne(
  handler: Handler,
  basePath: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!isLoopback(incoming.headers.host)) {
      throw new Refusal(
        421,
        "unknown_host",
        "This emulator answers on this machine alone, by its own address.",
      );
    }
    if (isForeign(incoming)) {
      throw new Refusal(403, "foreign_site", "A page of another site may change nothing here.");
    }
    const url = new URL(incoming.url ?? "/", "http://emulator.invalid");
    const inside = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
    const path = inside ? url.pathname.slice(basePath.length) : url.pathname;
    const answer = await handler(
      {
        method: incoming.method ?? "GET",
        path: path === "" ? "/" : path,
        query: url.searchParams,
        headers: incoming.headers,
        body: await readBody(incoming),
      },
      response,
    );
    if (answer !== null && !response.destroyed) send(response, answer);
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    if (error instanceof Refusal) {
      send(response, json({ error: error.code, message: error.message }, error.status, error.headers));
    } else {
      send(response, json({ error: "emulator_error", message: String(error) }, 500));
    }
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bodyLimit) throw new Refusal(413, "too_large", `A request holds at most ${bodyLimit} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The JSON object in a body; a 400 for anything else. */
export function jsonBody(request: EmulatorRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal(400, "bad_json", "The body must be a JSON object.");
}

export function formBody(request: EmulatorRequest): URLSearchParams {
  return new URLSearchParams(request.body.toString("utf8"));
}
