import * as fc from "fast-check";
import { sql } from "kysely";
import { describe, expect } from "vitest";
import { test } from "../../../test/support/fixtures/database.ts";
import {
  attemptMayMove,
  attemptStates,
  deliveryMayMove,
  type DeliveryState,
  deliveryStates,
  mayBeVisible,
} from "./state.ts";

function into(target: DeliveryState): DeliveryState[] {
  return deliveryStates.filter((from) => from !== target && deliveryMayMove(from, target));
}

function named<State extends string>(states: readonly State[], name: string): State {
  const found = states.find((state) => state === name);
  if (found === undefined) throw new TypeError(`there is no state ${name}`);
  return found;
}

describe("the table of moves", () => {
  test("no walk leaves a finished delivery", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...deliveryStates), { maxLength: 40 }), (wishes) => {
        let state: DeliveryState = "scheduled";
        for (const wish of wishes) {
          if (!deliveryMayMove(state, wish)) continue;
          if (state === "confirmed" || state === "cancelled" || state === "partly") expect(wish).toBe(state);
          state = wish;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("sending is reached only through a claim, and a claim only from scheduled", () => {
    expect(into("in_flight")).toEqual(["claimed"]);
    expect(into("claimed")).toEqual(["scheduled"]);
    expect(into("ambiguous")).toEqual(["in_flight", "reconciling", "needs_human"]);
  });

  test("an attempt that may be visible is never called unsent", () => {
    for (const to of ["open", "not_sent", "rejected", "unauthorized"] as const) {
      expect(attemptMayMove("ambiguous", to)).toBe(false);
      expect(attemptMayMove("confirmed", to)).toBe(false);
    }
    expect(attemptStates.filter(mayBeVisible)).toEqual(["open", "confirmed", "ambiguous"]);
  });
});

describe("the database", () => {
  test("knows the same moves", async ({ server }) => {
    const known = await sql<{ kind: string; old: string; new: string; allowed: boolean }>`
      select 'delivery' as kind, a as old, b as new, delivery_may_move(a, b) as allowed
      from unnest(${deliveryStates}::text[]) a, unnest(${deliveryStates}::text[]) b
      union all
      select 'attempt', a, b, attempt_may_move(a, b)
      from unnest(${attemptStates}::text[]) a, unnest(${attemptStates}::text[]) b`.execute(
      server.database.system,
    );
    for (const row of known.rows) {
      const expected =
        row.kind === "delivery"
          ? deliveryMayMove(named(deliveryStates, row.old), named(deliveryStates, row.new))
          : attemptMayMove(named(attemptStates, row.old), named(attemptStates, row.new));
      expect(row.allowed, `${row.kind} ${row.old} -> ${row.new}`).toBe(expected);
    }
    expect(known.rows).toHaveLength(deliveryStates.length ** 2 + attemptStates.length ** 2);
  });
});
