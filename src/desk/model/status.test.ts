import { describe, expect, test } from "vitest";
import { type DeliveryFact, statusOf } from "./status.ts";

const now = new Date("2026-12-01T09:00:00Z");
const later = new Date("2026-12-01T10:00:00Z");

function facts(
  ...states: (DeliveryFact["state"] | `${DeliveryFact["state"]} with a live part`)[]
): DeliveryFact[] {
  return states.map((words, index) => {
    const [state] = words.split(" ") as [DeliveryFact["state"]];
    return { channelId: `channel ${index}`, state, dueAt: now, anyLive: words.endsWith("part") };
  });
}

describe("the state of a post", () => {
  test.each([
    ["published", facts("confirmed", "confirmed")],
    ["partly", facts("confirmed", "rejected")],
    ["partly", facts("confirmed", "missed")],
    ["partly", facts("confirmed", "cancelled")],
    ["partly", facts("rejected with a live part")],
    ["partly", facts("partly with a live part")],
    ["partly", facts("partly with a live part", "confirmed")],
    ["publishing", facts("partly with a live part", "scheduled")],
    ["failed", facts("rejected", "missed")],
    ["waiting_for_channel", facts("needs_reconnect")],
    ["waiting_for_channel", facts("needs_reconnect", "rejected")],
    ["partly", facts("needs_reconnect", "confirmed")],
    ["publishing", facts("needs_reconnect", "in_flight")],
    ["missed", facts("missed", "missed")],
    ["publishing", facts("confirmed", "scheduled")],
    ["publishing", facts("rejected", "needs_human")],
    ["publishing", facts("ambiguous")],
    ["publishing", facts("scheduled")],
    [null, facts("cancelled")],
    [null, []],
  ])("is %s after %j", (status, deliveries) => {
    expect(statusOf(deliveries, now)).toBe(status);
  });

  test("is scheduled while nothing is due", () => {
    const waiting = facts("scheduled", "scheduled").map((fact) => ({ ...fact, dueAt: later }));
    expect(statusOf(waiting, now)).toBe("scheduled");
    expect(statusOf(waiting, later)).toBe("publishing");
  });

  test("does not count a delivery that was cancelled and asked for again", () => {
    const [cancelled, confirmed] = facts("cancelled", "confirmed") as [DeliveryFact, DeliveryFact];
    expect(statusOf([cancelled, { ...confirmed, channelId: cancelled.channelId }], now)).toBe("published");
  });
});
