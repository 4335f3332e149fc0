import type { HttpClient } from "#platform/http-client";
import { AgentError } from "../error.ts";

/** Milliseconds for one answer of a model; they think long. */
const timeoutMs = 120_000;

/**
 * `fetch` for the AI SDK, by way of the egress rules, bound to one origin: whatever the SDK is talked
 * into, the key that it carries reaches that origin and no other. Answers are read whole.
 */
export function boundFetch(
  http: Pick<HttpClient, "connectorHttp">,
  address: string,
): typeof globalThis.fetch {
  const { origin } = new URL(address);

  async function perform(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== origin) {
      throw new AgentError({
        code: "agent.model_origin",
        kind: "internal",
        message: `A call for ${origin} wanted to go to ${new URL(request.url).origin}.`,
      });
    }
    const sender = http.connectorHttp({ signal: request.signal, timeoutMs: timeoutMs });
    const answer = await sender.request({
      method: request.method === "GET" ? "GET" : "POST",
      url: request.url,
      headers: Object.fromEntries(request.headers),
      ...(request.method === "GET" ? {} : { body: new Uint8Array(await request.arrayBuffer()) }),
    });
    const isEmpty = answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : Buffer.from(answer.body), {
      status: answer.status,
      headers: bodyHeaders(answer.headers),
    });
  }

  return perform;
}

/** The body has been decoded already; its old length and encoding would be wrong. */
function bodyHeaders(headers: Record<string, string>): Headers {
  const {
    "content-encoding": _encoding,
    "content-length": _length,
    "transfer-encoding": _transfer,
    ...rest
  } = headers;
  return new Headers(rest);
}
