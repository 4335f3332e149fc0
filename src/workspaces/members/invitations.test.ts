import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testApp, type TestApp, testPassword } from "../../../test/support/app.ts";
import { requestOf } from "../../../test/support/calls.ts";
import { type AccountMailbox, startAccountMailbox } from "../../../test/support/features/account-mail.ts";

let box: AccountMailbox;
/** A Galley that sends mail, and one that sends none. */
let mailing: TestApp;
let silent: TestApp;
beforeAll(async () => {
  box = await startAccountMailbox();
  mailing = await testApp({ mail: box.mail });
  silent = await testApp();
  await box.serve(mailing);
});
afterAll(async () => {
  await box.close();
  await Promise.all([mailing.close(), silent.close()]);
});

function tokenOf(link: string | null): string {
  return new URL(link ?? "").searchParams.get("token") ?? "";
}

function accept(test: TestApp, token: string, password = testPassword) {
  return test.app.inject({
    ...requestOf("acceptInvitation"),
    payload: { token, name: "New Person", password },
  });
}

async function users(test: TestApp, email: string) {
  return test.database.system
    .selectFrom("users")
    .select(["id", "email_verified"])
    .where("email", "=", email)
    .execute();
}

describe("the address of an invitation", () => {
  it(
    "is proven by the mail alone, and its link is not shown to who invites",
    { timeout: 60_000 },
    async () => {
      const owner = await mailing.owner();
      const email = "mailed@example.test";
      const { body } = await owner.call("invite", { body: { email, role: "editor" } });
      expect(body).toMatchObject({ link: null, mailed: true, makesAccount: true });
      const token = tokenOf(await box.linkTo(email, /Join The Daily Test/));
      expect((await accept(mailing, token)).statusCode).toBe(201);
      expect(await users(mailing, email)).toMatchObject([{ email_verified: true }]);
      const rows = await mailing.database.system.selectFrom("invitations").selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(token);
    },
  );

  it(
    "cannot be taken by a link of one's own, and nobody learns who has an account",
    { timeout: 60_000 },
    async () => {
      const attacker = await silent.owner();
      const victim = await silent.owner();
      const answers = [];
      for (const email of [victim.email, "free@example.test"]) {
        const { body } = await attacker.call("invite", { body: { email, role: "editor" } });
        expect(body).toMatchObject({ mailed: false, makesAccount: false });
        const token = tokenOf(body.link);
        const preview = await silent.app.inject(requestOf("previewInvitation", { query: { token } }));
        const start = performance.now();
        const answer = await accept(silent, token, "an attacker's own password");
        expect(performance.now() - start).toBeGreaterThan(295);
        const { requestId: _, ...document } = answer.json<Record<string, unknown>>();
        const { email: __, expiresAt: ___, ...shown } = preview.json<Record<string, unknown>>();
        answers.push({ status: answer.statusCode, document, shown });
      }
      expect(answers[0]).toMatchObject({ status: 401, document: { code: "identity.sign_in_refused" } });
      expect(answers[1]).toEqual(answers[0]);
      expect(await users(silent, "free@example.test")).toEqual([]);
    },
  );

  it("counts on the word of an admin, whose link is another one", { timeout: 60_000 }, async () => {
    const owner = await silent.owner();
    const admin = await silent.owner();
    await silent.features.installation.addAdmin({ kind: "machine" }, admin.email);
    const email = "vouched@example.test";
    const made = await owner.call("invite", { body: { email, role: "viewer" } });
    const waiting = await admin.call("listUnprovenInvitations");
    expect(waiting.body.items).toContainEqual(expect.objectContaining({ id: made.body.id, email }));
    const params = { id: made.body.id };
    expect((await owner.call("vouchForInvitation", { params })).status).toBe(403);
    const { body } = await admin.call("vouchForInvitation", { params });
    expect((await accept(silent, tokenOf(made.body.link))).statusCode).toBe(404);
    expect((await accept(silent, tokenOf(body.link))).statusCode).toBe(201);
    expect(await users(silent, email)).toMatchObject([{ email_verified: true }]);
  });

  it("that was never confirmed joins, founds and decides nothing", { timeout: 60_000 }, async () => {
    const owner = await silent.owner();
    const squatter = await silent.owner();
    const { system } = silent.database;
    await system
      .updateTable("users")
      .set({ email_verified: false })
      .where("id", "=", squatter.userId)
      .execute();
    const made = await owner.call("invite", { body: { email: squatter.email, role: "admin" } });
    expect((await accept(silent, tokenOf(made.body.link))).json()).toMatchObject({
      status: 403,
      code: "workspaces.address_unconfirmed",
    });
    expect((await squatter.call("createWorkspace", { body: { name: "Mine", timeZone: "UTC" } })).status).toBe(
      403,
    );
    const named = silent.features.installation.addAdmin(
      { kind: "person", userId: owner.userId },
      squatter.email,
    );
    await expect(named).rejects.toMatchObject({ code: "installation.address_unconfirmed" });
    const past = system.insertInto("installation_admins").values({ user_id: squatter.userId }).execute();
    await expect(past).rejects.toMatchObject({ code: "GI002" });
    const joined = system
      .insertInto("members")
      .values({ workspace_id: owner.workspaceId, user_id: squatter.userId, role: "viewer" })
      .execute();
    await expect(joined).rejects.toMatchObject({ code: "GI002" });
  });
});
