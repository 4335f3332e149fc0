import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testApp, type TestApp, testPassword } from "../../../test/support/app.ts";
import { requestOf } from "../../../test/support/calls.ts";

let test: TestApp;
let now = new Date();
beforeAll(async () => {
  test = await testApp({ clock: { now: () => now } });
});
afterAll(() => test.close());

const day = 24 * 60 * 60 * 1000;

let calls = 0;

/** Each call comes from an address of its own: the limit of sign-ins per address is another test's matter. */
function signIn(body: object) {
  calls += 1;
  return test.app.inject({
    ...requestOf("signIn"),
    payload: body,
    remoteAddress: `10.0.${Math.floor(calls / 250)}.${calls % 250}`,
  });
}

function me(headers: Record<string, string>) {
  return test.app.inject({ ...requestOf("whoAmI"), headers });
}

it("speaks on every device what the person chose, and else what the browser asks for", async () => {
  const person = await test.owner();
  expect((await person.call("whoAmI")).body.user.language).toBeNull();
  const chosen = await person.call("changePreferences", { body: { language: "de" } });
  expect(chosen.body).toEqual({ language: "de" });
  const { email } = person;
  const elsewhere = await signIn({ email, password: testPassword, transport: "bearer" });
  const authorization = `Bearer ${String(elsewhere.headers["set-auth-token"])}`;
  expect((await me({ authorization })).json()).toMatchObject({ user: { language: "de" } });
  expect((await person.callPath("PATCH", "/me", { language: "tlh" })).status).toBe(400);
  await person.call("changePreferences", { body: { language: null } });
  expect((await me({ authorization })).json()).toMatchObject({ user: { language: null } });
});

describe("signing in", () => {
  it("sets an httpOnly cookie and keeps the token out of the answer", async () => {
    const { email, userId } = await test.owner();
    const answer = await signIn({ email: email.toUpperCase(), password: testPassword });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ userId, expiresAt: expect.any(String) });
    const [cookie = "", device] = answer.headers["set-cookie"] as string[];
    expect(device).toMatch(/^galley\.device=[^;]+; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookie).toMatch(/^galley\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    const token = decodeURIComponent(cookie.split(/[=;]/)[1] ?? "").split(".")[0] ?? "-";
    expect(answer.body).not.toContain(token);
    expect(answer.headers["set-auth-token"]).toBeUndefined();
  });

  it("answers with a bearer session alone where a program asks for it", async () => {
    const { email } = await test.owner();
    const answer = await signIn({ email, password: testPassword, transport: "bearer" });
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const authorization = `Bearer ${String(answer.headers["set-auth-token"])}`;
    expect((await me({ authorization })).json()).toMatchObject({ user: { email }, role: "owner" });
  });

  it("says the same for a wrong password and an unknown email, and takes as long", async () => {
    const { email } = await test.owner();
    const refusals = [];
    for (const body of [
      { email, password: "not the right password" },
      { email: "nobody@example.test", password: testPassword },
    ]) {
      const start = performance.now();
      const answer = await signIn(body);
      const { requestId: _, ...document } = answer.json<Record<string, unknown>>();
      refusals.push(document);
      expect(performance.now() - start).toBeGreaterThan(295);
    }
    expect(refusals[0]).toMatchObject({ status: 401, code: "identity.sign_in_refused" });
    expect(refusals[1]).toEqual(refusals[0]);
  });

  it("pauses an account after ten wrong passwords, even when they are sent at once", async () => {
    const { email } = await test.owner();
    await Promise.all(Array.from({ length: 14 }, () => signIn({ email, password: "a wrong password" })));
    expect((await signIn({ email, password: testPassword })).statusCode).toBe(401);
    now = new Date(now.getTime() + 16 * 60 * 1000);
    expect((await signIn({ email, password: testPassword })).statusCode).toBe(201);
  });

  it("forgets wrong passwords after a right one", async () => {
    const { email } = await test.owner();
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(Array.from({ length: 9 }, () => signIn({ email, password: "a wrong password" })));
      expect((await signIn({ email, password: testPassword })).statusCode).toBe(201);
    }
  });
});

describe("a session", () => {
  it("is refused with a wrong signature, without one, and after it expired", async () => {
    const { bearer } = await test.owner();
    const [token = "", signature = ""] = bearer.split(".");
    const forged = [
      `${token}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
      token,
      `${token}.`,
      `${token}.${Buffer.alloc(32).toString("base64")}`,
      "%E0%A4%A",
    ];
    for (const credential of forged) {
      expect((await me({ authorization: `Bearer ${credential}` })).statusCode).toBe(401);
      expect((await me({ cookie: `galley.session_token=${credential}` })).statusCode).toBe(401);
    }
    expect((await me({ authorization: `Bearer ${bearer}` })).statusCode).toBe(200);
    const before = now;
    now = new Date(now.getTime() + 31 * day);
    expect((await me({ authorization: `Bearer ${bearer}` })).json()).toMatchObject({
      code: "http.sign_in_first",
    });
    now = before;
  });

  it("ends when its owner signs out, and the browser forgets it", async () => {
    const { cookie } = await test.owner();
    const answer = await test.app.inject({
      ...requestOf("signOut"),
      headers: { cookie, "sec-fetch-site": "same-origin" },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["set-cookie"]).toContain("galley.session_token=; Max-Age=0");
    expect((await me({ cookie })).statusCode).toBe(401);
  });

  it("can be seen and ended from another one, but only by its owner", async () => {
    const person = await test.owner();
    const stranger = await test.owner();
    await signIn({ email: person.email, password: testPassword });
    const { body } = await person.call("listSessions");
    expect(body.items.filter((session) => session.current)).toHaveLength(1);
    expect(body.items).toHaveLength(2);
    const other = body.items.find((session) => !session.current)?.id ?? "";
    expect((await stranger.call("endSession", { params: { id: other } })).status).toBe(404);
    expect((await person.call("endSession", { params: { id: other } })).status).toBe(204);
    expect((await person.call("listSessions")).body.items).toHaveLength(1);
  });

  it("is removed from the database once it expired", async () => {
    const { userId } = await test.owner();
    const before = now;
    now = new Date(now.getTime() + 31 * day);
    for (const sweep of test.features.identity.sweeps) await sweep.run();
    now = before;
    const left = await test.database.system
      .selectFrom("sessions")
      .select("id")
      .where("user_id", "=", userId)
      .execute();
    expect(left).toEqual([]);
  });
});

describe("behind https", () => {
  it("keeps the cookie to https, and finds it again", async () => {
    const secure = await testApp({ options: { publicUrl: "https://galley.test" } });
    try {
      const { email } = await secure.owner();
      const answer = await secure.app.inject({
        ...requestOf("signIn"),
        payload: { email, password: testPassword },
      });
      const cookies = answer.headers["set-cookie"] as string[];
      const cookie = String(cookies[0]);
      expect(cookie).toMatch(/^__Host-galley\.session_token=.*; HttpOnly; Secure; SameSite=Lax$/);
      expect(cookies.at(-1)).toMatch(
        /^__Host-galley\.device=[^;]+; .*Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      );
      expect(answer.headers["strict-transport-security"]).toContain("max-age=31536000");
      const me = await secure.app.inject({
        ...requestOf("whoAmI"),
        headers: { cookie: cookie.split(";")[0] },
      });
      expect(me.json()).toMatchObject({ user: { email } });
      // The name without the prefix can be set by anybody on the way.
      const plain = cookie.replace("__Host-", "").split(";")[0];
      expect(
        (await secure.app.inject({ ...requestOf("whoAmI"), headers: { cookie: plain } })).statusCode,
      ).toBe(401);
    } finally {
      await secure.close();
    }
  });
});

describe("the cookie under https", () => {
  it("is one that only this host can set, and those of earlier versions are left behind", async () => {
    const secure = await testApp({ options: { publicUrl: "https://galley.test" } });
    try {
      const { email } = await secure.owner();
      const headers = { origin: "https://galley.test", host: "galley.test" };
      const opened = await secure.app.inject({
        ...requestOf("signIn"),
        payload: { email, password: testPassword },
        headers,
      });
      expect(opened.statusCode).toBe(201);
      const [session = "", ...others] = [opened.headers["set-cookie"] ?? []].flat();
      const outdated = others.filter((cookie) => !cookie.startsWith("__Host-galley.device="));
      // RFC 6265bis section 4.1.3.2: with these, and without a domain, browsers take it.
      expect(session).toMatch(/^__Host-galley\.session_token=[^;]+;/);
      for (const part of [/; Secure\b/i, /; Path=\/(;|$)/i, /; HttpOnly\b/i, /; SameSite=Lax\b/i]) {
        expect(session).toMatch(part);
      }
      expect(session).not.toMatch(/domain=/i);
      const names = ["__Secure-galley.session_token", "galley.session_token"];
      expect(outdated.map((cookie) => cookie.split("; ").slice(0, 2).join("; "))).toEqual(
        names.map((name) => `${name}=; Max-Age=0`),
      );
      const value = session.split(";")[0]?.split("=").slice(1).join("=") ?? "";
      const ask = (cookie: string) =>
        secure.app.inject({ ...requestOf("whoAmI"), headers: { ...headers, cookie } });
      expect((await ask(`__Host-galley.session_token=${value}`)).statusCode).toBe(200);
      for (const name of names) expect((await ask(`${name}=${value}`)).statusCode).toBe(401);
      const left = await secure.app.inject({
        ...requestOf("signOut"),
        headers: { ...headers, cookie: `__Host-galley.session_token=${value}` },
      });
      expect([left.headers["set-cookie"] ?? []].flat()).toHaveLength(3);
    } finally {
      await secure.close();
    }
  });
});
