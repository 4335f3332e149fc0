import { Writable } from "node:stream";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "#platform/metrics";
import { createLogger } from "#platform/telemetry";
import { testApp, type TestApp, testPassword, type TestPerson } from "../../../../test/support/app.ts";
import { requestOf } from "../../../../test/support/calls.ts";
import { createNotes, plainNote } from "../../../../test/support/features/notes.ts";

type Line = { msg: string; event?: string } & Record<string, unknown>;

const lines: Line[] = [];
const logger = createLogger({
  logLevel: "info",
  stream: new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Line);
      done();
    },
  }),
});
const metrics = createMetrics();

let test: TestApp;
let owner: TestPerson;
let viewer: TestPerson;
beforeAll(async () => {
  test = await testApp({ register: createNotes().routes, logger, metrics });
  owner = await test.owner();
  viewer = await test.member(owner, "viewer");
});
afterAll(() => test.close());

/** What the log and the table have of one event since `work` began. */
async function noted(event: string, work: () => Promise<unknown>) {
  lines.length = 0;
  const since = new Date();
  await work();
  const isNoted = () => lines.filter((line) => line.msg === "security" && line.event === event);
  await expect.poll(() => isNoted().length).toBeGreaterThan(0);
  await test.securityLog.flush();
  const { rows } = await sql<{ times: number; details: object }>`
    select * from security_events where event = ${event} and created_at >= ${since} order by id`.execute(
    test.database.system,
  );
  return { lines: isNoted(), rows };
}

function signIn(email: string, password: string) {
  return test.app.inject({ ...requestOf("signIn"), payload: { email, password } });
}

describe("a security event", () => {
  it("tells of a wrong password, and of the pause that ten of them bring", async () => {
    const person = await test.member(owner, "editor");
    const failed = await noted("authn_login_fail", async () => {
      for (let count = 0; count < 10; count += 1) await signIn(person.email, "no such password");
    });
    expect(failed.lines).toHaveLength(10);
    expect(failed.rows.reduce((sum, { times }) => sum + times, 0)).toBe(10);
    expect(failed.rows[0]).toMatchObject({
      user_id: person.userId,
      address: "127.0.0.1",
      details: { known: true, route: "POST /api/v1/sessions" },
    });
    const locked = await noted("authn_login_lock", () => signIn(person.email, testPassword));
    expect(locked.rows[0]).toMatchObject({ user_id: person.userId });
    const unknown = await noted("authn_login_fail", () => signIn("secret-typed-here@example.test", "x"));
    expect(JSON.stringify([unknown, lines])).not.toContain("secret-typed-here");
  });

  it("tells why a token opens nothing", async () => {
    const ended = await test.member(owner, "editor");
    await ended.call("signOut");
    const expired = await test.member(owner, "editor");
    await sql`update sessions set expires_at = now() - interval '1 minute' where user_id = ${expired.userId}`.execute(
      test.database.system,
    );
    const cases = {
      unknown: `Bearer ${ended.bearer}`,
      expired: `Bearer ${expired.bearer}`,
      bad_signature: `Bearer ${owner.bearer.slice(0, -3)}AA=`,
      not_a_bearer_token: "Basic b3duZXI6cGFzc3dvcmQ=",
    };
    for (const [reason, authorization] of Object.entries(cases)) {
      const { rows } = await noted("authn_token_invalid", () =>
        test.app.inject({ ...requestOf("whoAmI"), headers: { authorization } }),
      );
      expect(rows, reason).toMatchObject([{ details: { reason, route: "GET /api/v1/me" } }]);
    }
  });

  it("tells of a right that was missing, to the owner of that workspace and to nobody else's", async () => {
    const { rows, lines: said } = await noted("authz_fail", () =>
      viewer.call("makeNote", { body: plainNote }),
    );
    const expected = { route: "POST /api/v1/notes", permission: "posts.write" };
    expect(rows).toMatchObject([{ workspace_id: owner.workspaceId, details: expected }]);
    expect(said).toMatchObject([{ ...expected, level: "warn", userId: viewer.userId }]);
    const stranger = await test.owner();
    const own = await owner.call("listWorkspaceSecurityEvents");
    expect(own.body.items.map(({ event }) => event)).toContain("authz_fail");
    expect((await stranger.call("listWorkspaceSecurityEvents")).body.items).toEqual([]);
    expect((await viewer.call("listWorkspaceSecurityEvents")).status).toBe(403);
    expect((await owner.call("listSecurityEvents")).status).toBe(403);
    await test.features.installation.addAdmin({ kind: "machine" }, owner.email);
    const all = await owner.call("listSecurityEvents", { query: { limit: 1 } });
    expect(all.body).toMatchObject({ items: [{ event: "authz_fail" }], next: expect.any(String) });
  });

  it("tells of a limit that was passed, with the address, the route and the limit", async () => {
    const { rows } = await noted("excess_rate_limit_exceeded", async () => {
      // Twenty a minute, of which other tests have used some.
      for (let count = 0; count < 21; count += 1) await signIn("nobody@example.test", "x");
    });
    expect(rows[0]).toMatchObject({
      address: "127.0.0.1",
      details: { route: "POST /api/v1/sessions", perMinute: 20 },
    });
  });

  it("tells where an input broke a rule, and nothing of what was sent", async () => {
    const { rows } = await noted("input_validation_fail", () =>
      owner.call("makeNote", { body: { ...plainNote, text: "", volume: "hunter2" } }),
    );
    expect(rows).toMatchObject([{ workspace_id: owner.workspaceId, user_id: owner.userId }]);
    expect(JSON.stringify(rows)).toContain("/text");
    expect(JSON.stringify([rows, lines])).not.toContain("hunter2");
  });

  it("tells of another site that made a browser write", async () => {
    const { rows } = await noted("malicious_cors", () =>
      test.app.inject({
        ...requestOf("makeNote"),
        headers: { cookie: owner.cookie, origin: "https://elsewhere.example" },
        payload: plainNote,
      }),
    );
    expect(rows).toHaveLength(1);
  });

  it("is counted by its name", async () => {
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/^galley_security_events_total\{event="authn_login_fail"\} \d+$/m);
    expect(text).toMatch(/^galley_security_events_total\{event="authz_fail"\} \d+$/m);
  });

  it("stays for 90 days, whoever wants it gone", async () => {
    const { system } = test.database;
    const change = sql`update security_events set event = 'nothing'`;
    await expect(change.execute(system)).rejects.toThrow(/permission denied/);
    await expect(sql`delete from security_events`.execute(system)).rejects.toMatchObject({ code: "GI002" });
  });
});

async function challenge(headers: Record<string, string>): Promise<unknown> {
  const answer = await test.app.inject({ ...requestOf("whoAmI"), headers });
  expect(answer.statusCode).toBe(401);
  return answer.headers["www-authenticate"];
}

describe("a 401", () => {
  it("names the scheme, and tells a program whether its token was the reason", async () => {
    expect(await challenge({})).toBe('Bearer realm="galley"');
    expect(await challenge({ authorization: "Bearer nonsense" })).toMatch(/error="invalid_token"/);
    expect(await challenge({ authorization: "Basic b3duZXI=" })).toMatch(/error="invalid_request"/);
  });
});
