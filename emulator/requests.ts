import type { EmulatorRequest } from "./http.ts";

/** A request as `GET /control/requests` tells it, oldest first; the last ten thousand. */
type Handled = { at: string; method: string; path: string; status: number; fault: string | null };

export type RequestLog = {
  add(request: EmulatorRequest, status: number, fault: string | null): void;
  all(): readonly Handled[];
};

const most = 10_000;

/** Remembers what was asked, for tests that count requests; it ends with the process. */
export function rememberRequests(now: () => number): RequestLog {
  const handled: Handled[] = [];
  return {
    add(request, status, fault) {
      const { method, path } = request;
      handled.push({ at: new Date(now()).toISOString(), method, path, status, fault });
      if (handled.length > most) handled.shift();
    },
    all: () => handled,
  };
}
