import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConnectorContext } from "#connectors";
import { metaApp } from "#emulator";
import { failureOf } from "./failure-of.ts";
import type { MetaHarness } from "./meta.ts";
import { redirectUri, startMetaHarness } from "./meta.ts";

const dayMs = 24 * 3_600_000;

describe("the login of Facebook", () => {
  let harness: MetaHarness;
  beforeAll(async () => {
    harness = await startMetaHarness("facebook");
  });
  afterAll(async () => {
    expect(await harness.violations()).toEqual([]);
    await harness.close();
  });

  const empty = { credentials: {}, accountId: "", scopes: [] };

  async function code(settings: ConnectorContext["settings"] = {}, form: Record<string, string> = {}) {
    const url = new URL(
      harness.oauth.authorizeUrl(
        { ...harness.settings, ...settings },
        {
          redirectUri,
          state: "the state",
          codeChallenge: "",
          scopes: harness.oauth.scopes,
          registration: {},
          interactive: true,
        },
      ),
    );
    url.searchParams.delete("code_challenge");
    for (const [key, value] of Object.entries({ decision: "allow", ...form }))
      url.searchParams.set(key, value);
    const answer = await harness.fetch(url.pathname, { method: "POST", body: url.searchParams });
    return {
      status: answer.status,
      back: new URL(answer.headers.get("location") ?? "http://nowhere.invalid"),
    };
  }

  async function exchange(
    given: string,
    more: { settings?: ConnectorContext["settings"]; redirectUri?: string } = {},
  ) {
    const context = harness.contextWith({ ...empty, settings: { ...harness.settings, ...more.settings } });
    return harness.oauth.exchange(context, {
      code: given,
      redirectUri: more.redirectUri ?? redirectUri,
      codeVerifier: "",
      registration: {},
    });
  }

  it("shows a dialog with the Pages and permissions, and brings the state back", async () => {
    const { back } = await code();
    expect(back.searchParams.get("state")).toBe("the state");
    const dialog = await harness.fetch(
      `/v26.0/dialog/oauth?client_id=${metaApp.id}&scope=pages_show_list&redirect_uri=${encodeURIComponent(redirectUri)}`,
    );
    expect(dialog.body).toContain("Galley Test Kitchen");
    expect(dialog.body).toContain("pages_show_list");
    const denied = await code({}, { decision: "deny" });
    expect(denied.back.searchParams.get("error")).toBe("access_denied");
    expect((await code({ clientId: "999" })).status).toBe(400);
  });

  it("opens every Page, and says why one cannot be connected", async () => {
    const { accounts, tokens } = await harness.login();
    expect(accounts.map(({ account, problem, kind }) => [account.displayName, kind, problem])).toEqual([
      ["Galley Test Kitchen", "Page", null],
      ["Galley Bookshop", "Page", null],
      ["Somebody Else's Page", "Page", expect.stringContaining("Content access")],
    ]);
    expect(accounts[0]?.account.handle).toBe("@galleykitchen");
    expect(accounts[0]?.scopes).toEqual(
      expect.arrayContaining(["pages_manage_posts", "pages_read_engagement"]),
    );
    // The Page's token does not end; the consent does, 90 days after the person was last there.
    expect(accounts[0]?.expiresAt).toBeNull();
    const days = ((tokens.endsAt?.getTime() ?? 0) - Date.now()) / dayMs;
    expect(Math.round(days)).toBe(90);
  });

  it("opens only the Pages that the person chose, and tells what they declined", async () => {
    const all = await harness.login();
    const second = all.accounts[1]?.account.accountId ?? "";
    const { accounts, tokens } = await harness.login({
      pages: [second],
      declined: ["pages_manage_engagement"],
    });
    expect(accounts.map(({ account }) => account.accountId)).toEqual([second]);
    expect(tokens.scopes).not.toContain("pages_manage_engagement");
    expect(accounts[0]?.scopes).not.toContain("pages_manage_engagement");
  });

  it("keeps no token of the person with a Page", async () => {
    const { accounts, tokens } = await harness.login();
    expect(Object.keys(accounts[0]?.credentials ?? {})).toEqual(["token", "pageId"]);
    expect(JSON.stringify(accounts)).not.toContain(JSON.stringify(tokens.credentials["userToken"]));
  });

  it("publishes with the Page's token long after the person's own has ended", async () => {
    const own = await startMetaHarness("facebook");
    await own.control("POST", "clock", { advanceMs: 70 * dayMs });
    const text = `note ${randomUUID()}`;
    const given = {
      deliveryId: randomUUID(),
      dueAt: new Date(),
      media: [],
      variant: { parts: [text], link: null, media: [], firstComment: null, options: {} },
    };
    const plan = await own.connector.prepare(own.context(), given);
    await own.connector.commit(own.context(), plan, { index: 0, key: "", published: [] });
    expect((await own.journal()).map((post) => post.text)).toEqual([text]);
    // After 90 days without the person the consent gives no data.
    await own.control("POST", "clock", { advanceMs: 21 * dayMs });
    const refused = await failureOf(own.connector.probe(own.context()));
    expect(refused).toMatchObject({ verdict: "unauthorized", refreshable: false });
    await own.close();
  });

  it("says which value of the app is wrong", async () => {
    const { back } = await code();
    const given = back.searchParams.get("code") ?? "";
    const secret = await failureOf(exchange(given, { settings: { clientSecret: "f".repeat(32) } }));
    expect(secret).toMatchObject({ verdict: "rejected", code: "facebook.bad_app" });
    expect(secret.message).toContain("App secret");
    const id = await failureOf(exchange(given, { settings: { clientId: "12345678" } }));
    expect(id.message).toContain("App ID");
    const missing = await failureOf(exchange(given, { settings: { clientSecret: "" } }));
    expect(missing).toMatchObject({ code: "facebook.no_app" });
  });

  it("takes a code once, for its redirect address, within minutes", async () => {
    const first = (await code()).back.searchParams.get("code") ?? "";
    const elsewhere = await failureOf(exchange(first, { redirectUri: "http://127.0.0.1:3000/other" }));
    expect(elsewhere).toMatchObject({ code: "facebook.redirect_mismatch" });
    expect(elsewhere.message).toContain("Valid OAuth Redirect URIs");
    await exchange(first);
    expect(await failureOf(exchange(first))).toMatchObject({
      verdict: "rejected",
      code: "facebook.bad_code",
    });
    const old = (await code()).back.searchParams.get("code") ?? "";
    await harness.control("POST", "clock", { advanceMs: 11 * 60_000 });
    expect((await failureOf(exchange(old))).message).toContain("expired");
    expect(await failureOf(exchange("no code at all"))).toMatchObject({ code: "facebook.bad_code" });
  });

  it("says that a lost answer of the exchange leaves open what happened", async () => {
    const { back } = await code();
    await harness.faults({ kind: "lost_answer", on: "token" });
    const lost = await failureOf(exchange(back.searchParams.get("code") ?? ""));
    expect(lost.verdict).toBe("unknown");
  });

  it("answers an ended version as an older one that stands, and says so", async () => {
    const { headers } = harness.signed();
    const answer = await harness.fetch(`/v18.0/me?fields=id&appsecret_proof=${harness.signed().proof}`, {
      headers,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("facebook-api-version")).toBe("v21.0");
    const unknown = await harness.fetch("/v99.0/me", { headers });
    expect(unknown).toMatchObject({ status: 400, body: { error: { code: 2500 } } });
  });

  it("demands the proof of the app's secret", async () => {
    const { headers } = harness.signed();
    const without = await harness.fetch("/v26.0/me?fields=id", { headers });
    expect(without).toMatchObject({ status: 400, body: { error: { code: 100 } } });
    const wrong = await harness.fetch("/v26.0/me?fields=id&appsecret_proof=00", { headers });
    expect(wrong).toMatchObject({ status: 400 });
  });

  it("names its version and when that ends", () => {
    const { apiVersion } = harness.connector;
    expect(apiVersion?.(harness.settings)).toEqual({ name: "v26.0", endsAt: null });
    expect(apiVersion?.({ version: "v25.0" })?.endsAt?.toISOString()).toBe("2028-07-29T00:00:00.000Z");
    expect(apiVersion?.({ version: "v30.0", versionEndsAt: "2031-01-02" })).toMatchObject({ name: "v30.0" });
    expect(() => apiVersion?.({ version: "26" })).toThrow(/version/);
  });

  it("ends with one request of the person: everything under the consent", async () => {
    const own = await startMetaHarness("facebook");
    const { tokens } = await own.login();
    const { headers, proof } = own.signed();
    const granted = await own.fetch(`/v26.0/me/permissions?appsecret_proof=${proof}`, { headers });
    expect(granted.status).toBe(200);
    expect(tokens.scopes).toContain("pages_manage_posts");
    const revoked = await own.fetch(`/v26.0/me/permissions?appsecret_proof=${proof}`, {
      method: "DELETE",
      headers,
    });
    expect(revoked.body).toEqual({ success: true });
    const ended = await failureOf(own.connector.probe(own.context()));
    expect(ended).toMatchObject({ verdict: "unauthorized", refreshable: false });
    await own.close();
  });
});
