import { describe, expect, test } from "vitest";
import type { ConnectorResponse } from "../contract.ts";
import { graphFailure } from "./failure.ts";

const platform = { id: "instagram", name: "Instagram" } as const;
const asked = { permission: "instagram_content_publish", channelNeedsIt: true };

function answer(
  error: object | string,
  status = 400,
  headers: Record<string, string> = {},
): ConnectorResponse {
  const text = typeof error === "string" ? error : JSON.stringify({ error });
  return { status, headers, body: new TextEncoder().encode(text) };
}

function verdict(error: object | string, status?: number, headers?: Record<string, string>) {
  const {
    verdict: said,
    code,
    refreshable,
    retryAfterSeconds,
  } = graphFailure(platform, answer(error, status, headers), asked);
  return { said, code, refreshable, retryAfterSeconds };
}

describe("an error of the Graph API", () => {
  test.each([
    [{ code: 1, message: "An unknown error occurred" }, 400, "unknown"],
    [{ code: 2, message: "Service temporarily unavailable" }, 503, "unknown"],
    [{ code: -1, error_subcode: 2207001, message: "Instagram server error" }, 400, "unknown"],
    [{ code: -2, error_subcode: 2207003, message: "It takes too long" }, 400, "unknown"],
    [{ code: 4, error_subcode: 2207051, message: "We restrict certain activity" }, 400, "unknown"],
    [{ code: 190, error_subcode: 463, message: "expired" }, 500, "unknown"],
    [{ code: 4, message: "Application request limit reached" }, 400, "throttled"],
    [{ code: 80002, message: "There have been too many calls" }, 400, "throttled"],
    [{ code: 9, error_subcode: 2207042, message: "You reached maximum number of posts" }, 400, "throttled"],
    [{ code: 190, message: "Invalid OAuth access token" }, 401, "unauthorized"],
    [{ code: 102, message: "Session key invalid" }, 400, "unauthorized"],
    [{ code: 10, message: "Application does not have permission for this action" }, 403, "unauthorized"],
    [{ code: 299, message: "permission" }, 400, "unauthorized"],
    [{ code: 368, message: "abusive" }, 400, "rejected"],
    [{ code: 506, message: "Duplicate status message" }, 400, "rejected"],
    [{ code: 36003, error_subcode: 2207009, message: "aspect ratio" }, 400, "rejected"],
    [{ code: 1, error_subcode: 2207057, message: "Thumbnail offset" }, 400, "rejected"],
  ])("%j with status %i says %s", (error, status, said) => {
    expect(verdict(error, status).said).toBe(said);
  });

  test("without a body that explains it leaves open what happened, whatever the status", () => {
    expect(verdict("<html>proxy</html>", 400).said).toBe("unknown");
    expect(verdict("", 502).said).toBe("unknown");
    expect(verdict("", 429, { "retry-after": "12" })).toMatchObject({
      said: "unknown",
      retryAfterSeconds: 12,
    });
    // 64 brackets and no error are no explanation either.
    expect(verdict("[".repeat(64), 400).said).toBe("unknown");
    expect(verdict({ code: "190", message: "a code that is no number" }, 400).said).toBe("unknown");
  });

  test("tells the longest wait of the usage header, in seconds", () => {
    const usage = {
      "1": [{ type: "pages", estimated_time_to_regain_access: 3 }],
      "2": [{ type: "instagram", estimated_time_to_regain_access: 11 }, { type: "ads_management" }],
    };
    const headers = { "x-business-use-case-usage": JSON.stringify(usage) };
    expect(verdict({ code: 4, message: "" }, 400, headers).retryAfterSeconds).toBe(660);
    const broken = { "x-business-use-case-usage": "{not json", "retry-after": "soon" };
    expect(verdict({ code: 4, message: "" }, 400, broken).retryAfterSeconds).toBeNull();
  });

  test("names the missing permission and how to get it, and is refused only where the channel works without it", () => {
    const error = {
      code: 200,
      message: "(#200) Requires pages_manage_posts permission to manage the object",
    };
    const failure = graphFailure(platform, answer(error, 403), asked);
    expect(failure).toMatchObject({ verdict: "unauthorized", refreshable: false });
    expect(failure.message).toContain("allow pages_manage_posts");
    const unnamed = graphFailure(platform, answer({ code: 10, message: "no" }, 403), {
      permission: "instagram_manage_comments",
      channelNeedsIt: false,
    });
    expect(unnamed).toMatchObject({ verdict: "rejected", code: "instagram.permission_missing" });
    expect(unnamed.message).toContain("instagram_manage_comments");
  });

  test("keeps tokens out of messages and evidence", () => {
    const token = `EAAG${"x1".repeat(40)}`;
    const failure = graphFailure(
      platform,
      answer({ code: 190, message: `Malformed access token ${token}` }),
      asked,
    );
    expect(failure.message).not.toContain(token);
    expect(failure.evidence).not.toContain(token);
    expect(failure.evidence).toContain("190");
  });

  test("says why an access ended", () => {
    const failure = graphFailure(
      platform,
      answer({ code: 190, error_subcode: 460, message: "" }, 401),
      asked,
    );
    expect(failure.message).toContain("password has changed");
  });
});
