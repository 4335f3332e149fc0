import type { FastifyRequest } from "fastify";
import { HttpError } from "./errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a write that another site makes a browser send (OWASP CSRF Prevention Cheat Sheet). Browsers
 * tell where a request comes from in `Sec-Fetch-Site` or, older ones, in `Origin`. A request with a
 * cookie and neither is refused; without a cookie, neither is a program.
 */
export function refuseForeignSite(request: FastifyRequest, publicOrigin: string, hasCookie: boolean): void {
  if (safeMethods.has(request.method)) return;
  const { origin, host, "sec-fetch-site": site } = request.headers;
  const sameSite = site === undefined || site === "same-origin";
  const sameOrigin = origin === undefined || origin === publicOrigin || isHost(origin, host);
  const told = site !== undefined || origin !== undefined;
  if (sameSite && sameOrigin && (told || !hasCookie)) return;
  throw new HttpError({
    code: "http.foreign_site",
    kind: "forbidden",
    message: told
      ? "This request comes from another site, so it was refused."
      : "A write with a session cookie needs the header Origin; programs use a bearer session instead.",
  });
}

function isHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
