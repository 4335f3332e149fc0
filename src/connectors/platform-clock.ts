import type { ConnectorHttp, ConnectorResponse } from "./contract.ts";

/** A header tells whole seconds: on average it is half a second old already. */
const halfASecondMs = 500;

/**
 * How far a platform's clock and ours may differ: beyond it no time that it tells is believed. No less than the two
 * minutes of the constraint `absence_is_proven` (migration 0059), which refuses a listing that reaches back by less.
 */
export const platformSkewMs = 120_000;

export type ListenedTo = {
  http: ConnectorHttp;
  /** How far the platform's clock is ahead of ours, in milliseconds, by its last answer that told the time; null where none did. */
  aheadMs(): number | null;
};

/**
 * Hears what time it is at a platform from the `Date` of its answers (RFC 9110 section 6.6.1), which a list of posts
 * is dated by. An answer out of a cache has an `Age` and tells nothing.
 *
 * @param now the database's clock, which t_send is from
 */
export function listenToClock(http: ConnectorHttp, now: () => number): ListenedTo {
  let aheadMs: number | null = null;
  return {
    http: {
      request: async (request) => {
        const before = now();
        const response = await http.request(request);
        const told = toldBy(response);
        if (told !== null) aheadMs = told - (before + now()) / 2;
        return response;
      },
    },
    aheadMs: () => aheadMs,
  };
}

function toldBy({ headers }: ConnectorResponse): number | null {
  const date = Date.parse(headers["date"] ?? "");
  return Number.isNaN(date) || Number(headers["age"] ?? 0) > 0 ? null : date + halfASecondMs;
}
