import type { IncomingMessage } from "node:http";
import { newId } from "#kit";

/** The caller's `X-Request-ID` where it is harmless in a log line, else a new id. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : newId();
}
