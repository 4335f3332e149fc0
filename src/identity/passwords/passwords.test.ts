import { type Kysely, type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Schema } from "#platform/db";
import { testApp, type TestApp, testPassword, type TestPerson } from "../../../test/support/app.ts";
import { requestOf, type TestOperation } from "../../../test/support/calls.ts";
import { type AccountMailbox, startAccountMailbox } from "../../../test/support/features/account-mail.ts";
import { hashPassword } from "./password.ts";
import { deleteOtherSessions, setPassword } from "./passwords.store.ts";

let box: AccountMailbox;
let test: TestApp;
let now = new Date();
beforeAll(async () => {
  box = await startAccountMailbox();
  test = await testApp({ clock: { now: () => now }, mail: box.mail });
  await box.serve(test);
});
afterAll(async () => {
  await box.close();
  await test.close();
});

const another = "nine brown otters dive at dawn";
const asked = /Choose a new password/;

let calls = 0;

/** Each call comes from an address of its own: the limit of calls from one address is another test's matter. */
function post(operation: TestOperation, payload: object, cookie?: string) {
  calls += 1;
  const headers = cookie === undefined ? {} : { cookie, "sec-fetch-site": "same-origin" };
  const remoteAddress = `10.0.0.${calls}`;
  return test.app.inject({ ...requestOf(operation), payload, headers, remoteAddress });
}

async function resetToken(email: string): Promise<string> {
  expect((await post("requestPasswordReset", { email })).statusCode).toBe(204);
  return new URL(await box.linkTo(email, asked)).searchParams.get("token") ?? "";
}

async function canSignIn(person: TestPerson, password: string): Promise<boolean> {
  return (await post("signIn", { email: person.email, password })).statusCode === 201;
}

/** Replaces the password while `work` has checked the old one, and waits for `held` to write what follows from it. */
async function whileReplacing<Result>(
  { userId }: TestPerson,
  password: string,
  held: RawBuilder<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const hash = await hashPassword(password);
  let working: Promise<Result> | undefined;
  await test.database.system.transaction().execute(async (tx) => {
    await held.execute(tx);
    working = work();
    await vi.waitFor(async () => expect(await isWaitedFor(tx)).toBe(true), { timeout: 40_000 });
    await setPassword(tx, userId, hash, now);
    await deleteOtherSessions(tx, userId, null);
  });
  if (working === undefined) throw new TypeError("nothing was begun");
  return working;
}

/** Whether somebody waits for what this transaction holds. Not by `pg_stat_activity`, which a transaction sees once. */
async function isWaitedFor(tx: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql`
    select pid from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`.execute(tx);
  return rows.length > 0;
}

describe("a new password by mail", () => {
  it("is written of in the language of the browser, and in another that the person has chosen", async () => {
    const person = await test.owner();
    const { email } = person;
    const browser = { "accept-language": "de-AT,de;q=0.9,en;q=0.5" };
    const signedIn = { payload: { email, password: testPassword }, remoteAddress: "10.0.1.1" };
    await test.app.inject({ ...requestOf("signIn"), ...signedIn, headers: browser });
    await post("requestPasswordReset", { email });
    await box.arrives(email, /^Wählen Sie ein neues Passwort für Galley$/);
    await person.call("changePreferences", { body: { language: "en" } });
    await post("requestPasswordReset", { email });
    await box.arrives(email, asked);
  });

  it("is chosen once by a link, ends every session, and opens none", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    const token = await resetToken(person.email);
    const weak = await post("completePasswordReset", { token, password: "short" });
    expect(weak.json()).toMatchObject({ status: 422, errors: [{ path: "/password" }] });
    const answers = await Promise.all(
      [1, 2, 3].map(() => post("completePasswordReset", { token, password: another })),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([204, 404, 404]);
    const cookies = answers.map(({ headers }) => String(headers["set-cookie"])).join();
    expect(cookies).toContain("galley.device=");
    expect(cookies).not.toContain("session_token");
    expect((await person.call("whoAmI")).status).toBe(401);
    expect(await canSignIn(person, testPassword)).toBe(false);
    expect(await canSignIn(person, another)).toBe(true);
    await box.arrives(person.email, /was changed/);
  });

  it(
    "lets the browser that chose it in, and nobody past what strangers have locked",
    { timeout: 60_000 },
    async () => {
      const person = await test.owner();
      for (let time = 0; time < 10; time += 1) await canSignIn(person, "a wrong password");
      const token = await resetToken(person.email);
      const done = await post("completePasswordReset", { token, password: another });
      expect(await canSignIn(person, another)).toBe(false);
      const device = String(done.headers["set-cookie"]).split(";")[0];
      expect((await post("signIn", { email: person.email, password: another }, device)).statusCode).toBe(201);
    },
  );

  it("is answered alike for every address, in words and in time", { timeout: 60_000 }, async () => {
    const { email } = await test.owner();
    const answers = [];
    for (const address of [email, "nobody@example.test"]) {
      const start = performance.now();
      const { statusCode, body, headers } = await post("requestPasswordReset", { email: address });
      expect(performance.now() - start).toBeGreaterThan(295);
      answers.push({ statusCode, body, length: headers["content-length"] });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await box.mailsTo("nobody@example.test")).toEqual([]);
  });

  it(
    "ends after half an hour, with a newer one's use, and is mailed three times an hour",
    { timeout: 60_000 },
    async () => {
      const person = await test.owner();
      const late = await resetToken(person.email);
      now = new Date(now.getTime() + 31 * 60 * 1000);
      expect((await post("completePasswordReset", { token: late, password: another })).statusCode).toBe(404);
      const [older, newer] = [await resetToken(person.email), await resetToken(person.email)];
      await post("requestPasswordReset", { email: person.email });
      expect((await post("completePasswordReset", { token: newer, password: another })).statusCode).toBe(204);
      expect((await post("completePasswordReset", { token: older, password: another })).statusCode).toBe(404);
      await box.arrives(person.email, /was changed/);
      expect((await box.mailsTo(person.email)).filter(({ subject }) => asked.test(subject))).toHaveLength(3);
      const rows = await test.database.system.selectFrom("password_resets").selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(older);
    },
  );
});

describe("changing a password", () => {
  it("asks for the present one, keeps this session and ends the others", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    await canSignIn(person, testPassword);
    const change = (currentPassword: string, password: string) =>
      person.call("changePassword", { body: { currentPassword, password } });
    expect((await change("a wrong password", another)).body).toMatchObject({
      status: 422,
      errors: [{ path: "/currentPassword", code: "identity.wrong_password" }],
    });
    expect((await change(testPassword, "short")).body).toMatchObject({ errors: [{ path: "/password" }] });
    const mailed = await resetToken(person.email);
    expect((await change(testPassword, another)).status).toBe(204);
    // Whoever reads the mailbox has a link no more that undoes this.
    expect((await post("completePasswordReset", { token: mailed, password: another })).statusCode).toBe(404);
    expect((await person.call("listSessions")).body.items).toMatchObject([{ current: true }]);
    expect(await canSignIn(person, testPassword)).toBe(false);
    expect(await canSignIn(person, another)).toBe(true);
    await box.arrives(person.email, /was changed/);
  });

  it("ends the sign-in that is on its way with the old password", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    const noNewSession = sql`lock table sessions in share mode`;
    const signingIn = await whileReplacing(person, another, noNewSession, () =>
      post("signIn", { email: person.email, password: testPassword }),
    );
    const opened = String(signingIn.headers["set-cookie"]).split(";")[0];
    expect(signingIn.statusCode, opened).toBe(401);
    const { count } = await test.database.system
      .selectFrom("sessions")
      .select((query) => query.fn.countAll<number>().as("count"))
      .where("user_id", "=", person.userId)
      .executeTakeFirstOrThrow();
    expect(count).toBe(0);
    expect(await canSignIn(person, another)).toBe(true);
  });

  it("is not overruled by who knew the old one a moment ago", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    const thiefs = "seven grey herons wade by night";
    const change = { currentPassword: testPassword, password: thiefs };
    const account = sql`select 1 from accounts where user_id = ${person.userId} for update`;
    const changing = await whileReplacing(person, another, account, () =>
      person.call("changePassword", { body: change }),
    );
    expect(changing.body).toMatchObject({ status: 422, code: "identity.wrong_password" });
    expect(await canSignIn(person, thiefs)).toBe(false);
    expect(await canSignIn(person, another)).toBe(true);
  });

  it("pauses a session that guesses, and no other way in", { timeout: 60_000 }, async () => {
    const person = await test.owner();
    const guess = (currentPassword: string) =>
      person.call("changePassword", { body: { currentPassword, password: another } });
    for (let time = 0; time < 10; time += 1) expect((await guess("a wrong password")).status).toBe(422);
    expect((await guess(testPassword)).status).toBe(422);
    expect(await canSignIn(person, testPassword)).toBe(true);
  });
});

it("says without a mail server who can help, whatever the address", async () => {
  const silent = await testApp();
  try {
    const { email } = await silent.owner();
    for (const address of [email, "nobody@example.test"]) {
      const answer = await silent.app.inject({
        ...requestOf("requestPasswordReset"),
        payload: { email: address },
      });
      expect(answer.json()).toMatchObject({ status: 409, code: "identity.no_mail" });
    }
  } finally {
    await silent.close();
  }
});
