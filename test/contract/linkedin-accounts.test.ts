import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LinkedInHarness } from "./linkedin.ts";
import { consent, startLinkedInHarness } from "./linkedin.ts";

let harness: LinkedInHarness;
afterEach(() => harness.close());

const dayMs = 24 * 3600 * 1000;

describe("connecting a profile", () => {
  beforeEach(async () => {
    harness = await startLinkedInHarness("profile");
  });

  it("opens the one account, for 60 days, without a way to renew it", async () => {
    expect(harness.opened).toMatchObject([
      { kind: "Profile", problem: null, account: { displayName: "Ada", handle: "ada@linkedin.test" } },
    ]);
    const [opened] = harness.opened;
    expect(opened?.account.accountId).toMatch(/^urn:li:person:[\w-]+$/);
    const days = ((opened?.expiresAt?.getTime() ?? 0) - Date.now()) / dayMs;
    expect(days).toBeGreaterThan(59.9);
    expect(days).toBeLessThanOrEqual(60);
    expect(opened?.endsAt).toEqual(opened?.expiresAt);
    await expect(harness.refresh()).rejects.toMatchObject({
      verdict: "unauthorized",
      code: "linkedin.no_refresh",
    });
  });

  it("renews where the app may, within the year", async () => {
    await harness.control("PUT", "switches", { refreshTokens: true });
    await harness.connect();
    const days = ((harness.opened[0]?.endsAt?.getTime() ?? 0) - Date.now()) / dayMs;
    expect(days).toBeGreaterThan(364.9);
    await harness.control("POST", "expire-tokens");
    await expect(harness.connector.probe(harness.context())).rejects.toMatchObject({ refreshable: true });
    await harness.refresh();
    expect(await harness.connector.probe(harness.context())).toMatchObject({ displayName: "Ada" });
    await harness.control("POST", "clock", { advanceMs: 366 * dayMs });
    await expect(harness.refresh()).rejects.toMatchObject({ verdict: "unauthorized", refreshable: false });
  });

  it("reports what was granted when that is less than was asked", async () => {
    await harness.control("PUT", "switches", { grantOnly: ["openid", "profile"] });
    await harness.connect();
    expect(harness.context().scopes).toEqual(["openid", "profile"]);
    expect(harness.opened[0]?.account.handle).toBe("Ada");
    const variant = { parts: ["Hello"], link: null, media: [], firstComment: null, options: {} };
    const input = { deliveryId: "d", variant, media: [], dueAt: new Date() };
    const plan = await harness.connector.prepare(harness.context(), input);
    const commit = harness.connector.commit(harness.context(), plan, { index: 0, key: "d/0", published: [] });
    await expect(commit).rejects.toMatchObject({ verdict: "rejected", code: "linkedin.forbidden" });
  });

  it("withdraws the access when the channel is disconnected", async () => {
    await harness.oauth.revoke?.(harness.context());
    await expect(harness.connector.probe(harness.context())).rejects.toMatchObject({
      verdict: "unauthorized",
      refreshable: false,
    });
    await harness.connect();
  });

  it("tells a wrong secret, a missing app and a used code apart", async () => {
    const { clientSecret } = harness.settings;
    const grant = { code: "no", redirectUri: "http://127.0.0.1:3000/x", codeVerifier: "", registration: {} };
    await expect(harness.oauth.exchange(harness.context(), grant)).rejects.toMatchObject({
      verdict: "unauthorized",
      code: "linkedin.invalid_grant",
    });
    harness.settings["clientSecret"] = "another";
    await expect(harness.oauth.exchange(harness.context(), grant)).rejects.toMatchObject({
      verdict: "rejected",
      code: "linkedin.wrong_app",
    });
    harness.settings["clientSecret"] = "";
    await expect(async () => harness.oauth.exchange(harness.context(), grant)).rejects.toMatchObject({
      verdict: "not_sent",
      code: "linkedin.not_configured",
    });
    harness.settings["clientSecret"] = clientSecret ?? "";
  });

  it("sends no PKCE, which LinkedIn does not take on the web, and adds an app's own scopes", () => {
    const request = {
      redirectUri: "https://galley.example/api/v1/oauth/linkedin/callback",
      state: "s",
      codeChallenge: "c",
      scopes: ["openid"],
      registration: {},
      interactive: true,
    };
    const settings = { ...harness.settings, extraScopes: "w_member_social_feed openid" };
    const url = new URL(harness.oauth.authorizeUrl(settings, request));
    expect(url.searchParams.has("code_challenge")).toBe(false);
    expect(url.searchParams.get("scope")).toBe("openid w_member_social_feed");
    expect(url.searchParams.get("redirect_uri")).toBe(request.redirectUri);
  });

  it("is refused by LinkedIn where the app lacks what is asked", async () => {
    const asked = consent(
      harness.settings["webUrl"]?.toString() ?? "",
      harness.oauth,
      () => harness.context(),
      ["openid", "w_organization_social"],
    );
    await expect(asked).rejects.toThrow("unauthorized_scope_error");
  });
});

describe("connecting Pages", () => {
  beforeEach(async () => {
    harness = await startLinkedInHarness("page");
  });

  it("opens every Page with a role, and says why one cannot be used", async () => {
    expect(harness.opened.map(({ account, kind, problem }) => [account.displayName, kind, problem])).toEqual([
      ["Devtestco", "Organization", null],
      ["Garden Works", "Organization", null],
      ["Numbers Only", "Organization", expect.stringContaining("analyst")],
    ]);
    expect(harness.opened[1]?.account).toMatchObject({
      accountId: "urn:li:organization:5583111",
      handle: "garden-works",
    });
    expect(harness.oauth.revoke).toBeNull();
  });

  it("looks at the role again in the doctor", async () => {
    expect(await harness.connector.inspect?.(harness.context())).toEqual([]);
    await harness.connect({ account: "Numbers Only" });
    expect(await harness.connector.probe(harness.context())).toMatchObject({ displayName: "Numbers Only" });
    expect(await harness.connector.inspect?.(harness.context())).toMatchObject([
      { level: "error", code: "linkedin.no_role" },
    ]);
  });
});
