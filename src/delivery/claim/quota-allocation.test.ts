import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Quota, quotaInWords } from "#connectors";
import { allocate, windowKey } from "./quota.ts";

const nothing = { sent: new Map<string, never>(), onTheirWay: [], allocated: [] };

test("no window ever holds more than the limit, the gap is kept, and due order is the order of going", () => {
  const sizes = { limit: fc.integer({ min: 1, max: 5 }), windowMs: fc.integer({ min: 10, max: 1_000 }) };
  const spreadMs = fc.integer({ min: 0, max: 50 });
  const due = fc.record({ account: fc.constantFrom("a", "b"), dueAt: fc.integer({ min: 0, max: 1_000 }) });
  fc.assert(
    fc.property(
      fc.record({ ...sizes, spreadMs }),
      fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 5 }),
      fc.array(due, { minLength: 1, maxLength: 25 }),
      (sized, sent, orders) => {
        const quota: Quota = { per: "account", ...sized };
        const candidates = orders.map(({ account, dueAt }, index) => ({
          workspaceId: "",
          id: String(index).padStart(3, "0"),
          accountId: account,
          app: "",
          dueAt,
          units: 1,
          quotas: [quota],
        }));
        const uses = sent.map((at) => ({ at, units: 1 })).toSorted((left, right) => left.at - right.at);
        const facts = {
          ...nothing,
          now: 1_000,
          sent: new Map([[windowKey(quota, { accountId: "a", app: "" }), uses]]),
        };
        const allocated = allocate(candidates, facts).flatMap((one) => (one.kind === "at" ? [one] : []));
        for (const account of ["a", "b"]) {
          const own = candidates.filter((one) => one.accountId === account);
          const going = allocated.filter(({ id }) => own.some((one) => one.id === id)).map(({ at }) => at);
          expect(going).toEqual(going.toSorted((left, right) => left - right));
          const sentByIt = account === "a" ? uses : [];
          const times = [...going, ...sentByIt.map((use) => use.at)];
          for (const at of going) {
            const inWindow = times.filter((time) => time > at - quota.windowMs && time <= at).length;
            const sentBefore = sentByIt.filter((use) => use.at > at - quota.windowMs).length;
            expect(inWindow).toBeLessThanOrEqual(Math.max(quota.limit, sentBefore));
          }
          going.slice(1).forEach((at, index) => {
            expect(at - (going[index] ?? 0)).toBeGreaterThanOrEqual(quota.spreadMs);
          });
        }
      },
    ),
  );
});

test("what is longer than a quota gets no room, and nothing waits for it", () => {
  const quota: Quota = { per: "account", limit: 2, windowMs: 1_000, spreadMs: 0 };
  const due = (id: string, units: number) => ({
    workspaceId: "w",
    id,
    accountId: "a",
    app: "",
    dueAt: 0,
    units,
    quotas: [quota],
  });
  expect(allocate([due("0", 3), due("1", 2)], { ...nothing, now: 5_000 })).toEqual([
    { workspaceId: "w", id: "0", kind: "never", quota, units: 3 },
    { workspaceId: "w", id: "1", kind: "at", at: 5_000, quota: null },
  ]);
});

test("a quota is told in plain words", () => {
  expect(quotaInWords({ per: "account", limit: 17, windowMs: 86_400_000, spreadMs: 0 })).toBe(
    "at most 17 posts in 24 hours from one account",
  );
  expect(quotaInWords({ per: "app", limit: 1, windowMs: 900_000, spreadMs: 0 })).toBe(
    "at most 1 post in 15 minutes from all accounts of one app together",
  );
});
