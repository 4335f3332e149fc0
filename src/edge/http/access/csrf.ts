import type { FastifyRequest } from "fastify";
import { HttpError } from "../errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site makes a browser send (OWASP CSRF Prevention Cheat Sheet): a write, and a GET whose route
 * says that it begins something (`begins`). Browsers tell where a request comes from in `Sec-Fetch-Site` or, where
 * they do not send that, in `Origin` or `Referer`. A request with a cookie and none of these is refused; without a
 * cookie, none of these is a program. An address that a person typed may begin something, but never writes.
 */
export function refuseForeignSite(request: FastifyRequest, publicOrigin: string, hasCookie: boolean): void {
  const begins = request.routeOptions.config.begins === true;
  const isSafe = safeMethods.has(request.method);
  if (isSafe && !begins) return;
  const { host, "sec-fetch-site": site } = request.headers;
  const origin = request.headers.origin ?? (isSafe ? originOf(request.headers.referer) : undefined);
  const sameSite = site === undefined || site === "same-origin" || (isSafe && site === "none");
  const sameOrigin = origin === undefined || origin === publicOrigin || isHost(origin, host, publicOrigin);
  const told = site !== undefined || origin !== undefined;
  if (sameSite && sameOrigin && (told || !hasCookie)) return;
  throw new HttpError({
    code: "http.foreign_site",
    kind: "forbidden",
    message: told
      ? "This request comes from another site, so it was refused. Go to Galley itself and begin there."
      : "A write with a session cookie needs the header Origin; programs use a bearer session instead.",
  });
}

function originOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  return URL.parse(address)?.origin ?? "null";
}

/** The names that reach this are ours (`hosts.ts`). Where ours is https, its http namesake is somebody on the way. */
function isHost(origin: string, host: string | undefined, publicOrigin: string): boolean {
  if (host === undefined || `https://${host}` === publicOrigin) return false;
  return origin === `http://${host}` || origin === `https://${host}`;
}
