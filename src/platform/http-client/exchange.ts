import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type Undici from "undici";
import { EgressError } from "./error.ts";
import { openSocket } from "./socket.ts";
import type { Target } from "./target.ts";
import type { Trip } from "./trip.ts";

export type HttpRequest = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

/** Header names are lower-case; several values of one name are joined with ", ". */
export type HttpResponse = {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
};

const decoders = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

/** Loaded at the first request: many processes start long before they connect anywhere. */
function loadUndici(): Promise<Pick<typeof Undici, "Client" | "errors">> {
  return import("undici");
}

/**
 * One request on a socket of its own: no reuse, no retry, no redirect. `maxBytes` caps the body on the
 * wire and again after decompression, so that a small archive cannot fill the memory.
 */
export async function exchange(
  target: Target,
  request: HttpRequest,
  trip: Trip,
  maxBytes: number,
): Promise<HttpResponse> {
  const { Client, errors } = await loadUndici();
  const socket = await openSocket(target, trip.signal);
  let given = false;
  const client = new Client(target.url.origin, {
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
    connect: (_options, callback) => {
      if (given) {
        callback(new EgressError("reset", "after", `${target.hostname} closed the connection.`), null);
        return;
      }
      given = true;
      // Called at once, undici would miss the connection: it is still inside its own connect.
      queueMicrotask(() => {
        // The last moment before the first byte. While this process stood still, another may have taken over.
        if (trip.isOver()) {
          callback(new EgressError("too_late", "before", "There was no time left to send it."), null);
          return;
        }
        trip.phase = "after";
        callback(null, socket);
      });
    },
  });
  try {
    const response = await client.request({
      method: request.method,
      path: `${target.url.pathname}${target.url.search}`,
      headers: { "user-agent": "Galley", "accept-encoding": "identity", ...request.headers },
      body: request.body ?? null,
      signal: trip.signal,
    });
    const headers = flatten(response.headers);
    const body = await collect(response.body, maxBytes, target.hostname);
    return {
      status: response.statusCode,
      headers,
      body: await decode(headers, body, maxBytes, target.hostname),
    };
  } catch (error) {
    if (error instanceof EgressError) throw error;
    if (error instanceof errors.InvalidArgumentError) {
      throw new EgressError(
        "invalid_request",
        "before",
        `The request is malformed: ${error.message}.`,
        error,
      );
    }
    if (error instanceof errors.HTTPParserError) {
      throw new EgressError(
        "protocol",
        "after",
        `${target.hostname} answered with something that is not HTTP.`,
        error,
      );
    }
    throw new EgressError(
      "reset",
      "after",
      `${target.hostname} broke the connection before its answer was complete.`,
      error,
    );
  } finally {
    socket.destroy();
    client.destroy().catch(() => {});
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

async function collect(body: AsyncIterable<Buffer>, maxBytes: number, hostname: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(hostname, maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

async function decode(
  headers: Record<string, string>,
  body: Uint8Array,
  maxBytes: number,
  hostname: string,
): Promise<Uint8Array> {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity" || body.length === 0) return body;
  const decoder = decoders.get(encoding);
  if (!decoder) {
    throw new EgressError(
      "encoding",
      "after",
      `${hostname} answered in an encoding that was not asked for: ${encoding.slice(0, 40)}.`,
    );
  }
  try {
    return await decoder(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(hostname, maxBytes);
    throw new EgressError(
      "encoding",
      "after",
      `The answer of ${hostname} is damaged: it cannot be decompressed.`,
      error,
    );
  }
}

function tooLarge(hostname: string, maxBytes: number): EgressError {
  const limit = maxBytes >= 1_000_000 ? `${Math.round(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`;
  return new EgressError("too_large", "after", `The answer of ${hostname} is larger than ${limit}.`);
}
