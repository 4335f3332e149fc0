import { describe, expect, test } from "vitest";
import type { Delivery } from "../api/types.ts";
import { needState } from "./need-state.ts";

const copy = {
  id: "",
  item: 0,
  url: null,
  ownUrl: null,
  createdAt: "2026-03-01T10:00:00.000Z",
  foundAt: "2026-03-01T11:00:00.000Z",
  acknowledgedAt: null,
};

function told(
  state: Delivery["state"],
  item: Delivery["items"][number]["state"],
  secondCopies: Delivery["secondCopies"] = [copy],
) {
  return needState({ state, items: [{ index: 0, kind: "post", state: item }], secondCopies });
}

describe("the state of what needs somebody", () => {
  test.each(["confirmed", "partly", "scheduled"] as const)(
    "is its second copy where its item is live besides: %s",
    (state) => {
      expect(told(state, "confirmed")).toEqual({ tone: "warn", words: "Live twice" });
    },
  );

  test.each(["scheduled", "ambiguous", "cancelled"] as const)(
    "is that it came up where nothing else of it is live: %s",
    (state) => {
      expect(told(state, "absent_proven")).toEqual({ tone: "warn", words: "Live after all" });
    },
  );

  test("is why it stops, where it does", () => {
    expect(told("rejected", "absent_proven")).toEqual({ tone: "bad", words: "Refused by the platform" });
    expect(told("needs_human", "ambiguous")).toEqual({ tone: "warn", words: "Needs your answer" });
  });

  test("is its own once the copy is settled", () => {
    const settled = { ...copy, acknowledgedAt: "2026-03-01T12:00:00.000Z" };
    expect(told("missed", "not_sent", [settled])).toEqual({ tone: "bad", words: "Missed its time" });
  });
});
