import { describe, expect, test } from "vitest";
import { failureOf, retryAfterOf } from "./answers.ts";
import type { ConnectorContext, ConnectorResponse } from "./contract.ts";
import { ConnectorFailure } from "./failure.ts";
import { linkedInFailure } from "./linkedin/api.ts";
import { mastodonFailure } from "./mastodon/api.ts";
import { graphFailure } from "./meta-graph/failure.ts";
import { xFailure } from "./x/failures.ts";

function answer(status: number, body: string, headers: Record<string, string> = {}): ConnectorResponse {
  return { status, headers, body: Buffer.from(body) };
}

const context = {
  settings: {},
  credentials: { accessToken: "a", refreshToken: null },
} as unknown as ConnectorContext;

const platforms: [name: string, failure: (response: ConnectorResponse) => ConnectorFailure, own: string][] = [
  ["LinkedIn", (response) => linkedInFailure(context, response), '{"message":"No.","code":"ACCESS_DENIED"}'],
  ["X", (response) => xFailure(response), '{"title":"Forbidden","detail":"No."}'],
  ["Mastodon", mastodonFailure, '{"error":"No."}'],
  ["any other", (response) => failureOf({ id: "some", name: "Some" }, response), '{"message":"No."}'],
];

describe("a 4xx is the platform's word only in the platform's own form", () => {
  // As a firewall, a proxy or a balancer answers, whatever the platform has done with the request.
  const foreign = ["<html><h1>403 Forbidden</h1></html>", "", "Forbidden", '"no"', "[]", "{}"];

  test.each(platforms)("%s", (_name, failure, own) => {
    for (const status of [400, 403, 404, 422]) {
      expect(failure(answer(status, own)).verdict).toBe("rejected");
      for (const body of foreign) {
        expect({ status, body, verdict: failure(answer(status, body)).verdict }).toEqual({
          status,
          body,
          verdict: "unknown",
        });
      }
    }
    expect(failure(answer(401, own)).verdict).toBe("unauthorized");
    expect(failure(answer(401, "<html>")).verdict).toBe("unknown");
  });

  const metaAsked = { permission: "pages_manage_posts", channelNeedsIt: true };
  const throttling: typeof platforms = [
    ...platforms,
    [
      "Meta",
      (response) => graphFailure({ id: "facebook", name: "Facebook" }, response, metaAsked),
      '{"error":{"code":4,"message":"Too many."}}',
    ],
  ];

  test.each(throttling)("%s, also where it asks to wait", (_name, failure, own) => {
    const headers = { "retry-after": "7" };
    expect(failure(answer(429, own, headers)).verdict).toBe("throttled");
    for (const body of foreign) {
      const { verdict, retryAfterSeconds } = failure(answer(429, body, headers));
      expect({ body, verdict, retryAfterSeconds }).toEqual({
        body,
        verdict: "unknown",
        retryAfterSeconds: 7,
      });
    }
  });

  test("but what may be repeated waits for whoever asks it to", () => {
    const platform = { id: "some", name: "Some" };
    expect(failureOf(platform, answer(429, "<html>"), { repeatable: true }).verdict).toBe("throttled");
    expect(failureOf(platform, answer(403, "<html>"), { repeatable: true }).verdict).toBe("unknown");
  });
});

describe("how long to wait", () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";

  test.each([
    [{ "retry-after": "120" }, 120],
    [{ "retry-after": "Sun, 06 Nov 1994 08:50:37 GMT", date }, 60],
    [{ "retry-after": "Sunday, 06-Nov-94 08:50:37 GMT", date }, 60],
    [{ "retry-after": "Sun, 06 Nov 1994 08:00:00 GMT", date }, 1],
    [{ "retry-after": "soon" }, null],
    [{ "retry-after": "-1" }, null],
    [{}, null],
  ])("by %o is %s seconds", (headers, seconds) => {
    expect(retryAfterOf({ headers })).toBe(seconds);
  });

  test("is a day at most, whatever a platform says", () => {
    // A moment in milliseconds, where seconds are meant.
    const reset = String(Date.now());
    const own = '{"title":"Too Many Requests","message":"No.","error":"No."}';
    const failure = xFailure(answer(429, own, { "x-rate-limit-reset": reset }));
    expect(failure).toMatchObject({ verdict: "throttled", retryAfterSeconds: 86_400 });
    const asked = failureOf({ id: "some", name: "Some" }, answer(429, own, { "retry-after": "999999999" }));
    expect(asked.retryAfterSeconds).toBe(86_400);
    const dated = (resets: string) =>
      mastodonFailure(answer(429, own, { date, "x-ratelimit-reset": resets })).retryAfterSeconds;
    expect(dated("1994-11-06T08:54:37.000Z")).toBe(300);
    expect(dated("+063671-01-01T00:00:00.000Z")).toBe(86_400);
    expect(dated("63671")).toBe(86_400);
    expect(dated("1990-01-01T00:00:00.000Z")).toBe(1);
    expect(dated(reset)).toBeNull();
  });

  test("is no time at all where a platform says less than nothing", () => {
    const said = { verdict: "throttled" as const, code: "some.throttled", message: "Wait." };
    expect(new ConnectorFailure({ ...said, retryAfterSeconds: -5 }).retryAfterSeconds).toBe(0);
  });
});
