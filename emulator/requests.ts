import type { PlatformClock } from "./clock.ts";
import type { EmulatorRequest } from "./http.ts";

/** A request as `GET /control/requests` tells it, oldest first; the last ten thousand. */
export type Handled = { at: string; method: string; path: string; status: number; fault: string | null };

const most = 10_000;

/** Remembers what was asked, for tests that count requests; it ends with the process. */
export function rememberRequests(clock: PlatformClock) {
  const handled: Handled[] = [];
  return {
    add(request: EmulatorRequest, status: number, fault: string | null): void {
      const { method, path } = request;
      handled.push({ at: clock.now().toISOString(), method, path, status, fault });
      if (handled.length > most) handled.shift();
    },
    all: (): readonly Handled[] => handled,
  };
}
