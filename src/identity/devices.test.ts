import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testApp, type TestApp, testPassword, type TestPerson } from "../../test/support/app.ts";
import { requestOf } from "../../test/support/calls.ts";

let test: TestApp;
let now = new Date();
beforeAll(async () => {
  test = await testApp({ clock: { now: () => now } });
});
afterAll(() => test.close());

let calls = 0;

/** From an address of its own, with the cookies of a browser. */
function signIn(body: { email: string; password: string }, cookie = "") {
  calls += 1;
  const headers = cookie === "" ? {} : { cookie, "sec-fetch-site": "same-origin" };
  const remoteAddress = `10.0.${Math.floor(calls / 250)}.${calls % 250}`;
  return test.app.inject({ ...requestOf("signIn"), payload: body, headers, remoteAddress });
}

function deviceOf(answer: { headers: Record<string, unknown> }): string {
  const cookies = answer.headers["set-cookie"];
  const all = Array.isArray(cookies) ? cookies.map(String) : [String(cookies)];
  return all.find((cookie) => cookie.startsWith("galley.device="))?.split(";")[0] ?? "";
}

/** Ten wrong passwords from a browser, or from nowhere known. */
async function lock(email: string, cookie = ""): Promise<void> {
  for (let time = 0; time < 10; time += 1) await signIn({ email, password: "a wrong password" }, cookie);
}

async function known(person: TestPerson): Promise<string> {
  return deviceOf(await signIn({ email: person.email, password: testPassword }));
}

describe("a known device", () => {
  it(
    "lets its owner in while strangers have locked the account for themselves",
    { timeout: 60_000 },
    async () => {
      const person = await test.owner();
      const own = { email: person.email, password: testPassword };
      const device = await known(person);
      await lock(person.email);
      expect((await signIn(own)).statusCode).toBe(401);
      expect((await signIn(own, device)).statusCode).toBe(201);
      // What succeeds there gives nobody else more tries.
      expect((await signIn(own)).statusCode).toBe(401);
    },
  );

  it("has a count of its own, which locks nobody else out", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    const own = { email: person.email, password: testPassword };
    const device = await known(person);
    await lock(person.email, device);
    expect((await signIn(own, device)).statusCode).toBe(401);
    expect((await signIn(own)).statusCode).toBe(201);
    now = new Date(now.getTime() + 16 * 60 * 1000);
    expect((await signIn(own, device)).statusCode).toBe(201);
  });

  it("is one account's alone, cannot be forged, and can be forgotten", { timeout: 60_000 }, async () => {
    const [person, other] = [await test.owner(), await test.owner()];
    const own = { email: person.email, password: testPassword };
    const device = await known(person);
    await lock(person.email);
    const forged = `${device.slice(0, 20)}${device[20] === "A" ? "B" : "A"}${device.slice(21)}`;
    for (const cookie of [await known(other), forged, "galley.device=", `${device}x`]) {
      expect((await signIn(own, cookie)).statusCode).toBe(401);
    }
    const { body } = await person.call("listDevices");
    for (const { id } of body.items) {
      expect((await other.call("forgetDevice", { params: { id } })).status).toBe(404);
      expect((await person.call("forgetDevice", { params: { id } })).status).toBe(204);
    }
    expect((await signIn(own, device)).statusCode).toBe(401);
    const rows = await test.database.system.selectFrom("known_devices").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(device.split("=")[1]?.split(".")[0]);
  });

  it("is forgotten by itself after half a year", async () => {
    const person = await test.owner();
    now = new Date(now.getTime() + 181 * 24 * 60 * 60 * 1000);
    for (const sweep of test.features.identity.sweeps) await sweep.run();
    const left = test.database.system.selectFrom("known_devices").select("id");
    expect(await left.where("user_id", "=", person.userId).execute()).toEqual([]);
  });
});
