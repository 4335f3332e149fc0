import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MediaInfo, Verdict } from "#connectors";
import type { DeliverySettings } from "../deps.ts";
import type { Claimed } from "./claimed.ts";
import { attemptMayMove, attemptStates, deliveryMayMove } from "./state.ts";
import { backOffMs, consequenceOf, type FailureFacts, lookAfterMs } from "./verdicts.ts";
import { windowFor } from "./window.ts";

function of(media: MediaInfo[], learnedMs = 0): Pick<Claimed, "learnedMs" | "content"> {
  return { learnedMs, content: { media } as unknown as Claimed["content"] };
}

describe("the window", () => {
  const settings = { minimumWindowMs: 0, marginMs: 500 } as DeliverySettings;
  const settling = { deadlineMs: 1_000, windowMs: 600_000 };
  const image = { mediaId: "image" } as MediaInfo;
  test("of a post with files is the longer one where the platform has one", () => {
    expect(windowFor(settling, settings, of([image]))).toBe(600_000);
    const patient = { ...settling, mediaWindowMs: 1_800_000 };
    expect(windowFor(patient, settings, of([]))).toBe(600_000);
    expect(windowFor(patient, settings, of([image]))).toBe(1_800_000);
  });

  test("is twice what was seen, where that is longer", () => {
    expect(windowFor(settling, settings, of([], 200_000))).toBe(600_000);
    expect(windowFor(settling, settings, of([], 400_000))).toBe(800_000);
  });
});

const verdicts: Verdict[] = ["not_sent", "rejected", "unauthorized", "throttled", "unknown"];

const facts = fc.record({
  verdict: fc.constantFrom(...verdicts),
  code: fc.constantFrom("x.duplicate", "x.too_long"),
  refreshable: fc.boolean(),
  retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 100_000 })),
  tries: fc.integer({ min: 1, max: 200 }),
  isAbsentDuplicate: fc.boolean(),
  earlier: fc.array(fc.constantFrom(...attemptStates), { maxLength: 5 }),
  lateInMs: fc.integer({ min: -10_000, max: 7_200_000 }),
});

function failure(given: Partial<FailureFacts>): FailureFacts {
  return {
    verdict: "not_sent",
    code: "x.failed",
    refreshable: false,
    retryAfterSeconds: null,
    tries: 1,
    earlier: [],
    isAbsentDuplicate: false,
    lateInMs: 3_600_000,
    ...given,
  };
}

describe("a failed call", () => {
  test("always has a consequence that both tables of moves allow", () => {
    fc.assert(
      fc.property(facts, fc.double({ min: 0, max: 0.999, noNaN: true }), (given, spread) => {
        const { attempt, delivery, waitMs } = consequenceOf(given, spread);
        expect(attemptMayMove("open", attempt)).toBe(true);
        expect(deliveryMayMove("in_flight", delivery)).toBe(true);
        expect((delivery === "ambiguous") === (attempt === "ambiguous")).toBe(true);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        if (delivery === "scheduled" && given.verdict !== "unauthorized") {
          expect(waitMs).toBeLessThan(given.lateInMs);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("with an unknown outcome is never sent again by itself", () => {
    fc.assert(
      fc.property(facts, (given) => {
        expect(consequenceOf({ ...given, verdict: "unknown" }, 0).delivery).toBe("ambiguous");
      }),
    );
  });

  test("that says duplicate may be our own post, also the first time, until that is proven not to be there", () => {
    const given = failure({ verdict: "rejected", code: "x.duplicate" });
    expect(consequenceOf(given, 0).delivery).toBe("ambiguous");
    expect(consequenceOf({ ...given, earlier: ["not_sent"] }, 0).delivery).toBe("ambiguous");
    const earlier = ["absent_proven"] as const;
    expect(consequenceOf({ ...given, earlier }, 0).delivery).toBe("ambiguous");
    expect(consequenceOf({ ...given, earlier, isAbsentDuplicate: true }, 0).delivery).toBe("rejected");
  });

  test("for an expired token refreshes once and then asks", () => {
    const given = failure({ verdict: "unauthorized", refreshable: true });
    expect(consequenceOf(given, 0)).toMatchObject({ delivery: "scheduled", refresh: true });
    expect(consequenceOf({ ...given, earlier: ["unauthorized"] }, 0).delivery).toBe("needs_reconnect");
    expect(consequenceOf({ ...given, refreshable: false }, 0).delivery).toBe("needs_reconnect");
  });

  test.each(["throttled", "not_sent"] as const)(
    "of %s waits as long as was asked, or is missed",
    (verdict) => {
      const given = failure({ verdict, retryAfterSeconds: 60 });
      expect(consequenceOf(given, 0)).toMatchObject({ delivery: "scheduled", waitMs: 60_000 });
      expect(consequenceOf(given, 0.99).waitMs).toBeGreaterThan(60_000);
      expect(consequenceOf({ ...given, lateInMs: 59_000 }, 0).delivery).toBe("missed");
    },
  );

  test("backs off up to ten minutes", () => {
    expect(backOffMs(1, 0)).toBe(2_000);
    expect(backOffMs(4, 0)).toBe(16_000);
    expect(backOffMs(1_000, 0)).toBe(600_000);
    expect(lookAfterMs(1_000)).toBe(300_000);
  });
});
