import type { ConnectorHttp, ConnectorRequest, ConnectorResponse } from "./contract.ts";

/** A header tells whole seconds: on average it is half a second old already. */
const halfASecondMs = 500;

/**
 * How far a platform's clock and ours may differ: beyond it no time that it tells is believed. No less than the two
 * minutes of the constraint `absence_is_proven` (migration 0059), which refuses a listing that reaches back by less.
 */
export const platformSkewMs = 120_000;

export type ListenedTo = {
  http: ConnectorHttp;
  /**
   * How far the platform's clock is ahead of ours, in milliseconds, by the answer that differed most: of several servers
   * one may be wrong. Null where none told the time.
   */
  aheadMs(): number | null;
  /** For how long the oldest of its answers had lain in a cache, in milliseconds; 0 where none did. */
  cachedForMs(): number;
};

/**
 * Hears what time it is at a platform from the `Date` of its answers (RFC 9110 section 6.6.1), which a list of posts
 * is dated by. An answer out of a cache has an `Age` (RFC 9111 section 5.1), shows what was, and tells no time; caches
 * are asked not to answer.
 *
 * @param now the database's clock, which t_send is from
 */
export function listenToClock(http: ConnectorHttp, now: () => number): ListenedTo {
  let aheadMs: number | null = null;
  let cachedForMs = 0;
  return {
    http: {
      request: async (request) => {
        const before = now();
        const response = await http.request(uncached(request));
        const told = toldBy(response);
        cachedForMs = Math.max(cachedForMs, ageOf(response));
        if (told === null) return response;
        const differenceMs = told - (before + now()) / 2;
        if (aheadMs === null || Math.abs(differenceMs) > Math.abs(aheadMs)) aheadMs = differenceMs;
        return response;
      },
    },
    aheadMs: () => aheadMs,
    cachedForMs: () => cachedForMs,
  };
}

function uncached(request: ConnectorRequest): ConnectorRequest {
  if (request.method !== "GET") return request;
  return { ...request, headers: { "cache-control": "no-cache", ...request.headers } };
}

function toldBy(response: ConnectorResponse): number | null {
  const date = Date.parse(response.headers["date"] ?? "");
  return Number.isNaN(date) || ageOf(response) > 0 ? null : date + halfASecondMs;
}

function ageOf({ headers }: ConnectorResponse): number {
  return 1_000 * Number(/^\s*(\d+)/.exec(headers["age"] ?? "")?.[1] ?? 0);
}
