import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownMachine, testApp, type TestApp, testPassword, type TestPerson } from "../../test/support/app.ts";
import { requestOf } from "../../test/support/calls.ts";
import type { Sent } from "../../test/support/calls.ts";
import { handleEvents } from "../../test/support/events.ts";

let test: TestApp;
let first: TestPerson;
beforeAll(async () => {
  test = await testApp({ options: ownMachine });
  const answer = await test.app.inject({
    ...requestOf("setUp"),
    payload: {
      name: "Ada Press",
      email: "ada@example.test",
      password: testPassword,
      workspaceName: "The Daily",
      timeZone: "Europe/Berlin",
    },
  });
  const cookie = String(answer.headers["set-cookie"]).split(";")[0] ?? "";
  const origin = { cookie, "sec-fetch-site": "same-origin" };
  const someone = await test.owner();
  first = {
    ...someone,
    userId: answer.json<{ userId: string }>().userId,
    call: (operation, ...[given]) => {
      const sent = { ...given, headers: { authorization: "", ...origin } };
      return someone.call(operation, ...([sent] as unknown as Sent<typeof operation>));
    },
  };
});
afterAll(() => test.close());

async function emails(): Promise<string[]> {
  return (await test.features.installation.admins()).map(({ email }) => email);
}

describe("an admin of the installation", () => {
  it("is first the person who set it up, whatever roles others have", async () => {
    expect(await emails()).toEqual(["ada@example.test"]);
    const owner = await test.owner();
    expect((await owner.call("whoAmI")).body).toMatchObject({ user: { isInstallationAdmin: false } });
    for (const { body } of [
      await owner.call("listInstallationAdmins"),
      await owner.call("addInstallationAdmin"),
      await owner.call("removeInstallationAdmin", { params: { userId: owner.userId } }),
      await owner.call("listInstallationEvents"),
    ]) {
      expect(body).toMatchObject({
        status: 403,
        code: "http.installation_admins_only",
      });
    }
  });

  it("is named by address, whatever its case, and an address of nobody is refused", async () => {
    const owner = await test.owner();
    const named = await test.features.installation.addAdmin(
      { kind: "person", userId: owner.userId },
      ` ${owner.email.toUpperCase()} `,
    );
    expect(named.map(({ userId }) => userId)).toContain(owner.userId);
    expect((await owner.call("whoAmI")).body).toMatchObject({ user: { isInstallationAdmin: true } });
    expect((await owner.call("listInstallationAdmins")).body.items).toHaveLength(2);
    const again = await owner.call("addInstallationAdmin", { body: { email: owner.email } });
    expect(again.body.items).toHaveLength(2);
    expect(
      (await owner.call("addInstallationAdmin", { body: { email: "nobody@example.test" } })).body,
    ).toMatchObject({ status: 404, errors: [{ path: "/email", code: "installation.no_such_person" }] });

    expect((await owner.call("removeInstallationAdmin", { params: { userId: owner.userId } })).status).toBe(
      200,
    );
    expect((await owner.call("listInstallationAdmins")).status).toBe(403);
    await handleEvents(test.database);
    const { rows } = await sql<{ actions: string[] }>`
      select array_agg(action order by id) as actions from installation_events`.execute(test.database.system);
    expect(rows[0]?.actions).toEqual([
      "installation.set_up",
      "installation.admin_added",
      "installation.admin_removed",
    ]);
  });

  it("stays when it is the last one, by the code and by the database", async () => {
    const remove = test.features.installation.removeAdmin({ kind: "machine" }, first.userId);
    await expect(remove).rejects.toMatchObject({ code: "installation.last_admin" });
    const past = test.database.system.deleteFrom("installation_admins").execute();
    await expect(past).rejects.toMatchObject({ code: "GI001" });
    const gone = test.database.system.deleteFrom("users").where("id", "=", first.userId).execute();
    await expect(gone).rejects.toMatchObject({ code: "GI001" });
    expect(await emails()).toEqual(["ada@example.test"]);
  });

  it("is left over where two remove each other at once", async () => {
    const second = await test.owner();
    await test.features.installation.addAdmin({ kind: "machine" }, second.email);
    const removals = await Promise.allSettled([
      test.features.installation.removeAdmin({ kind: "person", userId: first.userId }, second.userId),
      test.features.installation.removeAdmin({ kind: "person", userId: second.userId }, first.userId),
    ]);
    expect(removals.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await emails()).toHaveLength(1);
  });
});

describe("the log of the installation", () => {
  it("cannot be changed by what serves people or works for them", async () => {
    for (const change of [
      sql`update installation_events set action = 'x'`,
      sql`delete from installation_events`,
    ]) {
      await expect(change.execute(test.database.system)).rejects.toThrow(/permission denied/);
    }
  });
});
