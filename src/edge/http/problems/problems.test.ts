import { expect, it } from "vitest";
import { GalleyError } from "#kit";
import { problemOf } from "./problems.ts";

it("tells a full disk and a lost database as reasons to try again", () => {
  const full = Object.assign(new Error("write"), { code: "ENOSPC" });
  expect(problemOf(full, "r")).toMatchObject({
    document: { status: 503, code: "http.disk_full", retryable: true },
    retryAfterSeconds: 60,
    expected: true,
  });
  const lost = new AggregateError([Object.assign(new Error("connect"), { code: "ECONNREFUSED" })]);
  expect(problemOf(lost, "r").document).toMatchObject({ status: 503, code: "http.database_unavailable" });
});

it("says nothing of what it does not know", () => {
  for (const error of [new Error("secret"), "secret", null, { message: "secret" }]) {
    const { document, expected } = problemOf(error, "r");
    expect(document).toMatchObject({ status: 500, code: "http.internal", requestId: "r" });
    expect(expected).toBe(false);
    expect(JSON.stringify(document)).not.toContain("secret");
  }
  const ours = new GalleyError({ code: "x.broken", kind: "internal", message: "secret" });
  expect(JSON.stringify(problemOf(ours, "r"))).not.toContain("secret");
});
