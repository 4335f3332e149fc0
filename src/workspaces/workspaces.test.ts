import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "#kit";
import { ownMachine, testApp, type TestApp, testPassword } from "../../test/support/app.ts";
import { requestOf } from "../../test/support/calls.ts";
import { handleEvents } from "../../test/support/events.ts";
import { can } from "./permissions.ts";

let test: TestApp;
beforeAll(async () => {
  test = await testApp({ options: ownMachine });
});
afterAll(() => test.close());

function setUp(email: string, timeZone = "Europe/Berlin", password = testPassword) {
  return test.app.inject({
    ...requestOf("setUp"),
    payload: { name: "Ada Press", email, password, workspaceName: "The Daily", timeZone },
  });
}

// First in this file: it needs a database without users.
describe("the first set-up", () => {
  it("refuses a weak password and an unknown zone, and leaves nothing behind", async () => {
    const weak = await setUp("ada@example.test", "Europe/Berlin", "adapress12345678");
    expect(weak.json()).toMatchObject({
      status: 422,
      code: "identity.weak_password",
      errors: [{ path: "/password", code: "identity.password_guessable" }],
    });
    const lost = await setUp("ada@example.test", "Mars/Olympus");
    expect(lost.json()).toMatchObject({ status: 422, errors: [{ path: "/timeZone" }] });
    expect((await setUp("ada@example.test", "+02:00")).statusCode).toBe(422);
    expect((await test.app.inject(requestOf("setUpNeeded"))).json()).toEqual({ needed: true });
  });

  it("makes one owner, however many try at once, and signs that one in", async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => setUp(`owner${index}@example.test`)),
    );
    const codes = answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b);
    expect(codes).toEqual([201, 409, 409, 409, 409, 409]);
    const users = await test.database.system.selectFrom("users").select("email").execute();
    expect(users).toHaveLength(1);
    const cookie = String(answers.find((answer) => answer.statusCode === 201)?.headers["set-cookie"]).split(
      ";",
    )[0];
    const me = await test.app.inject({ ...requestOf("whoAmI"), headers: { cookie } });
    expect(me.json()).toMatchObject({
      user: { email: users[0]?.email },
      workspace: {
        name: "The Daily",
        timeZone: "Europe/Berlin",
        separateApprover: false,
        graceSeconds: 7200,
      },
      role: "owner",
    });
    expect((await test.app.inject(requestOf("setUpNeeded"))).json()).toEqual({ needed: false });
  });
});

describe("a workspace", () => {
  it("is paused and resumed by those who manage channels, and says since when", async () => {
    const owner = await test.owner();
    const first = (await owner.call("pauseWorkspace")).body;
    expect(first).toMatchObject({ pausedAt: expect.stringMatching(/^\d{4}-/) });
    expect((await owner.call("pauseWorkspace")).body).toEqual(first);
    expect((await owner.call("whoAmI")).body).toMatchObject({ workspace: first });
    expect((await owner.call("resumeWorkspace")).body).toMatchObject({ pausedAt: null });
    await handleEvents(test.database);
    const audit = (await owner.call("listAuditEvents")).body;
    const said = JSON.stringify(audit).match(/workspace\.(paused|resumed)/g);
    expect(said).toEqual(["workspace.resumed", "workspace.paused"]);
    const editor = await test.member(owner, "editor");
    expect((await editor.call("pauseWorkspace")).status).toBe(403);
  });

  it("keeps its settings apart from those of others", async () => {
    const owner = await test.owner();
    const changed = await owner.call("updateWorkspace", {
      body: { separateApprover: true, timeZone: "Asia/Tokyo" },
    });
    expect(changed.body).toMatchObject({
      separateApprover: true,
      timeZone: "Asia/Tokyo",
      graceSeconds: 7200,
    });
    expect((await owner.call("updateWorkspace", { body: { graceSeconds: 59 } })).body).toMatchObject({
      status: 400,
      errors: [{ path: "/graceSeconds", code: "http.minimum" }],
    });
    const stranger = await test.owner();
    const refused = await stranger.call("updateWorkspace", {
      body: { name: "Mine" },
      headers: { "galley-workspace": owner.workspaceId },
    });
    expect(refused.status).toBe(404);
  });

  it("is one of several that a person may own", async () => {
    const owner = await test.owner();
    const made = await owner.call("createWorkspace", { body: { name: " Second ", timeZone: "UTC" } });
    expect(made).toMatchObject({ status: 201, body: { name: "Second", timeZone: "UTC" } });
    const there = await owner.call("whoAmI", { headers: { "galley-workspace": made.body.id } });
    expect(there.body.workspace?.id).toBe(made.body.id);
    expect(there.body.workspaces).toHaveLength(2);
  });
});

describe("roles", () => {
  it("give exactly what the map says", () => {
    const table = roles.map((role) => [
      role,
      ...(
        [
          "members.manage",
          "channels.manage",
          "posts.write",
          "posts.approve",
          "posts.publish",
          "posts.read",
        ] as const
      ).map((permission) => can(role, permission)),
    ]);
    expect(table).toEqual([
      ["owner", true, true, true, true, true, true],
      ["admin", true, true, true, true, true, true],
      ["editor", false, false, true, false, true, true],
      ["approver", false, false, false, true, true, true],
      ["viewer", false, false, false, false, false, true],
    ]);
  });

  it("take effect with the next request", async () => {
    const owner = await test.owner();
    const admin = await test.member(owner, "admin");
    expect((await admin.call("listInvitations")).status).toBe(200);
    await owner.call("changeRole", { params: { userId: admin.userId }, body: { role: "viewer" } });
    expect((await admin.call("listInvitations")).body).toMatchObject({
      status: 403,
      code: "http.forbidden",
    });
    await owner.call("removeMember", { params: { userId: admin.userId } });
    expect((await admin.call("listMembers")).status).toBe(404);
  });

  it("let only an owner make or change an owner", async () => {
    const owner = await test.owner();
    const admin = await test.member(owner, "admin");
    expect(
      (await admin.call("changeRole", { params: { userId: admin.userId }, body: { role: "owner" } })).body,
    ).toMatchObject({
      status: 403,
      code: "workspaces.owners_only",
    });
    expect((await admin.call("removeMember", { params: { userId: owner.userId } })).status).toBe(403);
  });

  it("leave a workspace with an owner, even when two remove each other at once", async () => {
    const first = await test.owner();
    expect((await first.call("removeMember", { params: { userId: first.userId } })).body).toMatchObject({
      status: 409,
      code: "workspaces.last_owner",
    });
    const second = await test.member(first, "owner");
    const answers = await Promise.all([
      first.call("removeMember", { params: { userId: second.userId } }),
      second.call("removeMember", { params: { userId: first.userId } }),
    ]);
    expect(answers.map((answer) => answer.status)).toContain(204);
    const owners = await test.database.system
      .selectFrom("members")
      .select("user_id")
      .where("workspace_id", "=", first.workspaceId)
      .where("role", "=", "owner")
      .execute();
    expect(owners).toHaveLength(1);
  });
});

function tokenOf(made: { link: string | null }): string {
  return new URL(made.link ?? "").searchParams.get("token") ?? "";
}

function accept(body: object) {
  return test.app.inject({ ...requestOf("acceptInvitation"), payload: body });
}

/** An owner whose word about an address counts. */
async function admin() {
  const owner = await test.owner();
  await test.features.installation.addAdmin({ kind: "machine" }, owner.email);
  return owner;
}

describe("an invitation", () => {
  it("lets one person join once", async () => {
    const owner = await admin();
    const made = await owner.call("invite", { body: { email: "New@Example.test", role: "editor" } });
    const token = tokenOf(made.body);
    const preview = await test.app.inject(requestOf("previewInvitation", { query: { token } }));
    expect(preview.json()).toMatchObject({ email: "new@example.test", role: "editor", makesAccount: true });
    expect(preview.json()).not.toHaveProperty("hasAccount");

    expect((await accept({ token, password: testPassword })).json()).toMatchObject({
      errors: [{ path: "/name" }],
    });
    const joins = await Promise.all(
      [1, 2, 3].map(() => accept({ token, name: "New Person", password: testPassword })),
    );
    expect(joins.filter((join) => join.statusCode === 201)).toHaveLength(1);
    expect((await accept({ token, name: "New Person", password: testPassword })).statusCode).toBe(404);

    const { body } = await owner.call("listMembers");
    expect(body.items).toHaveLength(2);
    expect((await owner.call("invite", { body: { email: "new@example.test", role: "viewer" } })).status).toBe(
      409,
    );
  });

  it("asks who has an account for its password", async () => {
    const owner = await test.owner();
    const guest = await test.owner();
    const made = await owner.call("invite", { body: { email: guest.email, role: "approver" } });
    const token = tokenOf(made.body);
    expect((await accept({ token, password: "not the right password" })).statusCode).toBe(401);
    expect((await accept({ token, password: testPassword })).statusCode).toBe(201);
    const there = await guest.call("whoAmI", { headers: { "galley-workspace": owner.workspaceId } });
    expect(there.body).toMatchObject({ role: "approver" });
  });

  it("ends when it is taken back or a week has passed", async () => {
    const owner = await test.owner();
    const made = await owner.call("invite", { body: { email: "late@example.test", role: "viewer" } });
    await owner.call("revokeInvitation", { params: { id: made.body.id } });
    expect(
      (await accept({ token: tokenOf(made.body), name: "Late", password: testPassword })).statusCode,
    ).toBe(404);

    const old = await owner.call("invite", { body: { email: "late@example.test", role: "viewer" } });
    await test.database.system
      .updateTable("invitations")
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where("id", "=", old.body.id)
      .execute();
    expect(
      (await accept({ token: tokenOf(old.body), name: "Late", password: testPassword })).statusCode,
    ).toBe(404);
  });

  it("is kept as a hash", async () => {
    const owner = await test.owner();
    const made = await owner.call("invite", { body: { email: "hash@example.test", role: "viewer" } });
    const rows = await test.database.system.selectFrom("invitations").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(tokenOf(made.body));
  });
});

describe("the audit log", () => {
  it("tells who did what, in pages, and cannot be changed", async () => {
    const owner = await test.owner();
    for (const name of ["One", "Two", "Three"]) await owner.call("updateWorkspace", { body: { name } });
    await handleEvents(test.database);
    const first = await owner.call("listAuditEvents", { query: { limit: 2 } });
    expect(first.body.items).toMatchObject([
      { action: "workspace.changed", details: { name: "Three" }, actor: { name: "Robin Page" } },
      { details: { name: "Two" } },
    ]);
    const rest = await owner.call("listAuditEvents", { query: { limit: 50, cursor: first.body.next } });
    expect(rest.body.items[0]?.details).toMatchObject({ name: "One" });
    expect(rest.body.next).toBeNull();
    expect((await owner.call("listAuditEvents", { query: { cursor: "bm9uc2Vuc2U" } })).status).toBe(400);

    for (const change of [sql`update audit_events set action = 'x'`, sql`delete from audit_events`]) {
      const work = test.database.inWorkspace(owner.workspaceId, (tx) => change.execute(tx));
      await expect(work).rejects.toThrow(/permission denied/);
      await expect(change.execute(test.database.system)).rejects.toThrow(/permission denied/);
    }
  });
});
