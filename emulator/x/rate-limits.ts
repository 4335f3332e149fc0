type Window = { endsAt: number; used: number };

export type Allowance = { allowed: boolean; headers: Record<string, string> };

export type RateLimits = ReturnType<typeof createRateLimits>;

/** Fixed windows as X counts them: https://docs.x.com/x-api/fundamentals/rate-limits */
export function createRateLimits(now: () => number) {
  const windows = new Map<string, Window>();

  function windowOf(key: string, ms: number): Window {
    const existing = windows.get(key);
    if (existing && existing.endsAt > now()) return existing;
    const created = { endsAt: now() + ms, used: 0 };
    windows.set(key, created);
    return created;
  }

  return {
    /** Takes one call out of the windows; the headers are those of the first, shorter one. */
    take(key: string, limit: number, day: { key: string; limit: number } | null = null): Allowance {
      const short = windowOf(key, 900_000);
      const long = day === null ? null : windowOf(day.key, 86_400_000);
      const allowed = short.used < limit && (long === null || day === null || long.used < day.limit);
      if (allowed) {
        short.used += 1;
        if (long) long.used += 1;
      }
      const headers: Record<string, string> = {
        "x-rate-limit-limit": String(limit),
        "x-rate-limit-remaining": String(Math.max(0, limit - short.used)),
        "x-rate-limit-reset": String(Math.ceil(short.endsAt / 1000)),
      };
      if (long && day) {
        headers["x-app-limit-24hour-limit"] = String(day.limit);
        headers["x-app-limit-24hour-remaining"] = String(Math.max(0, day.limit - long.used));
        headers["x-app-limit-24hour-reset"] = String(Math.ceil(long.endsAt / 1000));
      }
      return { allowed, headers };
    },
  };
}
