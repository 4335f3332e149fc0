import { type Quota, quotaTooSmall } from "#connectors";

/**
 * Something that counts against a quota: sent, on its way (now), or placed ahead (in the future). Milliseconds.
 * `app` tells the apps of a platform apart.
 */
export type Use = { accountId: string; app: string; at: number };

/** A delivery of one connector; `units` is how many posts of the platform it is made of. */
export type Candidate = { id: string; accountId: string; app: string; dueAt: number; units: number };

/** A due one, with what the app takes that it goes out with. */
export type Due = Candidate & { quotas: readonly Quota[] };

/** A delivery that was placed ahead already. */
export type Placed = Candidate & { at: number };

/** `quota` is the one that holds it back. */
export type Placement = { id: string } & (
  | { kind: "at"; at: number; quota: Quota | null }
  /** It is longer than the quota ever takes at once. */
  | { kind: "never"; quota: Quota; units: number }
);

/** In the order of due times; equal ones by id. */
function byDue(left: Candidate, right: Candidate): number {
  return left.dueAt - right.dueAt || (left.id < right.id ? -1 : 1);
}

function concerns(quota: Quota, use: Use, { accountId, app }: Candidate): boolean {
  return quota.per === "app" ? use.app === app : use.accountId === accountId;
}

/** The first moment from `at` on at which this quota has room, as far as `uses` tell. */
function roomFor(quota: Quota, candidate: Candidate, uses: readonly Use[], at: number): number {
  const own = uses.filter((use) => concerns(quota, use, candidate)).map((use) => use.at);
  const times = own.toSorted((left, right) => left - right);
  let moment = at;
  const window = times.filter((time) => time > moment - quota.windowMs && time <= moment);
  const tooMany = window.length + candidate.units - quota.limit;
  if (tooMany > 0) moment = (window[Math.min(tooMany, window.length) - 1] ?? moment) + quota.windowMs;
  for (const time of times) {
    if (Math.abs(moment - time) < quota.spreadMs) moment = time + quota.spreadMs;
  }
  return moment;
}

/**
 * When each due delivery may go: `at <= now` means now. In the order of their due times, behind what was
 * placed before them, and never more than a quota allows in any window that ends at its moment. What is
 * longer than a quota goes out at no time, and nothing waits for it.
 */
export function place(
  candidates: readonly Due[],
  facts: { now: number; uses: readonly Use[]; placed: readonly Placed[] },
): Placement[] {
  const { now } = facts;
  const line: Placed[] = [...facts.placed];
  return candidates.toSorted(byDue).map((candidate): Placement => {
    const { id, quotas, units } = candidate;
    const tooSmall = quotaTooSmall(quotas, units);
    if (tooSmall) return { id, kind: "never", quota: tooSmall, units };
    // What is due later gives way: it is placed again when its moment comes.
    const before = line.filter((one) => byDue(one, candidate) < 0);
    const uses = [...facts.uses, ...before.flatMap(usesOf)];
    const own = before.filter((one) => one.accountId === candidate.accountId).map((one) => one.at);
    let at = Math.max(now, ...own);
    let quota: Quota | null = at > now ? (quotas[0] ?? null) : null;
    // Each quota can only move it further; after a round without a move all of them have room.
    for (let moved = true; moved;) {
      moved = false;
      for (const one of quotas) {
        const room = roomFor(one, candidate, uses, at);
        if (room <= at) continue;
        at = room;
        quota = one;
        moved = true;
      }
    }
    line.push({ ...candidate, at });
    return { id, kind: "at", at, quota };
  });
}

function usesOf({ accountId, app, at, units }: Placed): Use[] {
  return Array.from({ length: Math.max(0, units) }, () => ({ accountId, app, at }));
}
