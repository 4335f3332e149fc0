import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request as openRequest } from "node:http";
import type { Readable } from "node:stream";
import { EgressError } from "./error.ts";

type ForwardedRequest = {
  method: string;
  /** A path, with its query, that begins with the forwarder's prefix. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Readable;
  signal: AbortSignal;
};

type ForwardedAnswer = { status: number; headers: IncomingHttpHeaders; body: Readable };

export type Forwarder = (request: ForwardedRequest) => Promise<ForwardedAnswer>;

/**
 * A way to one server of this machine and to what lies below one prefix there. The address is fixed here; a request
 * brings nothing but a path, and one that would lead out of the prefix throws `egress.invalid_request`.
 */
export function createForwarder({ target, prefix }: { target: string; prefix: string }): Forwarder {
  const { hostname, port, protocol, pathname } = new URL(target);
  if (protocol !== "http:" || pathname !== "/")
    throw new TypeError("a forwarder's target is http://host:port");

  return async ({ method, path, headers, body, signal }) => {
    if (!staysBelow(prefix, path)) {
      throw new EgressError("invalid_request", "before", "This path leads out of what is passed on.");
    }
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = openRequest({ hostname, port, method, path, headers, signal, agent: false });
      outgoing.once("response", resolve);
      outgoing.on("error", (error) => {
        reject(new EgressError("reset", "after", "The built-in platform does not answer.", error));
      });
      body.pipe(outgoing);
    });
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: answer };
  };
}

/** Whether a path means the prefix or something below it, however its reader takes dots, slashes and backslashes. */
function staysBelow(prefix: string, path: string): boolean {
  const [before = ""] = path.split("?", 1);
  const parsed = URL.parse(path, "http://galley.invalid");
  if (parsed?.host !== "galley.invalid" || parsed.pathname !== before) return false;
  return before === prefix || before.startsWith(`${prefix}/`);
}
