import { type Quota, quotaTooSmall } from "#connectors";

/** Posts that count from a moment on, in milliseconds: sent, on their way (now), or given room ahead (in the future). */
export type Use = { at: number; units: number };

/** Whose quotas it counts against; `app` tells the apps of a platform apart. `units` is how many posts it is made of. */
type Counted = { accountId: string; app: string; units: number };

/** A delivery of one connector. */
type Candidate = Counted & { id: string; dueAt: number };

/** A due one, with what the app takes that it goes out with. */
export type Due = Candidate & { workspaceId: string; quotas: readonly Quota[] };

/** A delivery that waits for room which was allocated to it. */
export type Allocated = Candidate & { at: number };

/** What was sent is told for each sliding window by its `windowKey`, the oldest first. */
export type Facts = {
  now: number;
  sent: ReadonlyMap<string, readonly Use[]>;
  onTheirWay: readonly (Counted & { at: number })[];
  allocated: readonly Allocated[];
};

/** `quota` is the one that holds it back. */
export type Allocation = { workspaceId: string; id: string } & (
  | { kind: "at"; at: number; quota: Quota | null }
  /** It is longer than the quota ever takes at once. */
  | { kind: "never"; quota: Quota; units: number }
);

/** The account or the app whose posts a quota counts. */
export function ownerOf({ per }: Pick<Quota, "per">, of: Pick<Counted, "accountId" | "app">): string {
  return per === "app" ? of.app : of.accountId;
}

/** Names a quota of one account or app. Workspaces that share an app may have entered different numbers. */
export function windowKey(quota: Quota, of: Pick<Counted, "accountId" | "app">): string {
  return JSON.stringify([quota.per, ownerOf(quota, of), quota.limit, quota.windowMs, quota.spreadMs]);
}

/** In the order of due times; equal ones by id. */
function byDue(left: Candidate, right: Candidate): number {
  return left.dueAt - right.dueAt || (left.id < right.id ? -1 : 1);
}

type Window = { quota: Quota; owner: string; uses: Use[] };

/** The windows that candidates have to fit in. */
function openWindows(candidates: readonly Due[], sent: Facts["sent"]) {
  const windows = new Map<string, Window>();
  for (const candidate of candidates) {
    for (const quota of candidate.quotas) {
      const key = windowKey(quota, candidate);
      if (windows.has(key)) continue;
      windows.set(key, { quota, owner: ownerOf(quota, candidate), uses: [...(sent.get(key) ?? [])] });
    }
  }
  const ownWindows = (per: Quota["per"]) =>
    Map.groupBy(
      [...windows.values()].filter(({ quota }) => quota.per === per),
      ({ owner }) => owner,
    );
  const [ofAccounts, ofApps] = [ownWindows("account"), ownWindows("app")];
  return {
    of: ({ quotas, ...candidate }: Due): Window[] =>
      quotas.flatMap((quota) => windows.get(windowKey(quota, candidate)) ?? []),
    count({ accountId, app, units }: Counted, at: number): void {
      if (units <= 0) return;
      for (const { uses } of [...(ofAccounts.get(accountId) ?? []), ...(ofApps.get(app) ?? [])]) {
        uses.splice(uses.findLastIndex((use) => use.at <= at) + 1, 0, { at, units });
      }
    },
  };
}

/** The first moment from `at` on at which a window has room for so many, as far as its uses tell. */
function roomFor({ quota, uses }: Window, units: number, at: number): number {
  let moment = at;
  const counted = uses.filter((use) => use.at > at - quota.windowMs && use.at <= at);
  let tooMany = counted.reduce((sum, use) => sum + use.units, units - quota.limit);
  for (const use of counted) {
    if (tooMany <= 0) break;
    moment = use.at + quota.windowMs;
    tooMany -= use.units;
  }
  for (const use of uses) {
    if (Math.abs(moment - use.at) < quota.spreadMs) moment = use.at + quota.spreadMs;
  }
  return moment;
}

/**
 * When each due delivery may go: `at <= now` means now. In the order of their due times, behind what was
 * given room before them, and never more than a quota allows in any window that ends at its moment. What is
 * longer than a quota goes out at no time, and nothing waits for it.
 */
export function allocate(candidates: readonly Due[], facts: Facts): Allocation[] {
  const { now } = facts;
  const windows = openWindows(candidates, facts.sent);
  for (const one of facts.onTheirWay) windows.count(one, one.at);
  const lastOf = new Map<string, number>();
  function goesBefore(one: Allocated): void {
    windows.count(one, one.at);
    lastOf.set(one.accountId, Math.max(one.at, lastOf.get(one.accountId) ?? now));
  }
  // What is due later than a candidate gives way: it is given room again when its moment comes.
  const waiting = facts.allocated.toSorted(byDue).values();
  let first = waiting.next();
  return candidates.toSorted(byDue).map((candidate): Allocation => {
    const { workspaceId, id, quotas, units } = candidate;
    const tooSmall = quotaTooSmall(quotas, units);
    if (tooSmall) return { workspaceId, id, kind: "never", quota: tooSmall, units };
    for (; !first.done && byDue(first.value, candidate) < 0; first = waiting.next()) goesBefore(first.value);
    const own = windows.of(candidate);
    let at = lastOf.get(candidate.accountId) ?? now;
    let quota: Quota | null = at > now ? (quotas[0] ?? null) : null;
    // Each quota can only move it further; after a round without a move all of them have room.
    for (let moved = true; moved;) {
      moved = false;
      for (const window of own) {
        const room = roomFor(window, units, at);
        if (room <= at) continue;
        at = room;
        quota = window.quota;
        moved = true;
      }
    }
    goesBefore({ ...candidate, at });
    return { workspaceId, id, kind: "at", at, quota };
  });
}
