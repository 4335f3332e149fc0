import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testApp, type TestApp, testPassword } from "../../test/app.ts";

let test: TestApp;
beforeAll(async () => {
  test = await testApp();
});
afterAll(() => test.close());

function signIn(body: object) {
  return test.app.inject({ method: "POST", url: "/api/v1/sessions", payload: body });
}

describe("signing in", () => {
  it("sets an httpOnly cookie and keeps the token out of the answer", async () => {
    const { email, userId } = await test.owner();
    const answer = await signIn({ email: email.toUpperCase(), password: testPassword });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ userId, expiresAt: expect.any(String) });
    const cookie = String(answer.headers["set-cookie"]);
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
    const me = await test.app.inject({ url: "/api/v1/me", headers: { authorization } });
    expect(me.json()).toMatchObject({ user: { email }, role: "owner" });
  });
});
