import { describe, expect } from "vitest";
import type { FormField } from "#connectors";
import { comeBack } from "../../../test/support/features/channels.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";
import { lintApp } from "./app-lint.ts";

type AppBody = {
  source: string;
  fields: { key: string; isSet: boolean; hint: string | null }[];
  missing: string[];
};
type PlatformBody = { id: string; configured: boolean; app: AppBody | null; accounts: { connected: number } };

const own = { clientId: "harbour-news-app", clientSecret: "pT4kQ9vWm2XzL7bNc1Rd" };
const test = base
  .extend(
    "save",
    ({ ada }) =>
      (values: Record<string, string>, more: object = {}, person = ada) =>
        person.call("savePlatformApp", { params: { connector: "apps" }, body: { values, ...more } }),
  )
  .extend("platform", ({ ada }) => async (person = ada): Promise<PlatformBody | undefined> => {
    const { body } = await person.call("listPlatforms");
    return body.items.find(({ id }) => id === "apps");
  })
  .extend("start", ({ ada }) => async (person = ada): Promise<URL> => {
    const answer = await person.call("startAuthorization", { params: { connector: "apps" }, body: {} });
    expect(answer.status).toBe(200);
    return new URL(answer.body.authorizeUrl);
  })
  .extend("connect", ({ world, ada, start }) => async (): Promise<string> => {
    const url = await world.consent((await start()).href);
    const answer = await comeBack(ada, url);
    expect(answer.status).toBe(200);
    return answer.body.id;
  })
  .extend(
    "rowOf",
    ({ world }) =>
      (id: string) =>
        world.app.database.system
          .selectFrom("channels")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow(),
  )
  .extend("ended", ({ world }) => async (id: string): Promise<void> => {
    await world.app.database.system
      .updateTable("channels")
      .set({ expires_at: new Date(world.clock.now().getTime() - 1000) })
      .where("id", "=", id)
      .execute();
  });

function field(key: string, kind: FormField["kind"]): FormField {
  return { key, label: key, kind, choices: [], required: true, placeholder: "86xxxxxxxxxxxx", help: "" };
}

const fields = [field("clientId", "text"), field("clientSecret", "password")];

describe("a pasted value is looked at", () => {
  test.each([
    ['"pT4kQ9vWm2XzL7bN"', "app.quotes", "pT4kQ9vWm2XzL7bN"],
    ["CLIENT_SECRET=pT4kQ9vWm2XzL7bN", "app.assignment", "pT4kQ9vWm2XzL7bN"],
    ["export X_SECRET='pT4kQ9vWm2XzL7bN'", "app.assignment", "pT4kQ9vWm2XzL7bN"],
    ["client_secret: pT4kQ9vWm2XzL7bN", "app.assignment", "pT4kQ9vWm2XzL7bN"],
    ["pT4kQ9vW\u200bm2XzL7bN", "app.invisible", "pT4kQ9vWm2XzL7bN"],
    ["\ufeffpT4kQ9vWm2XzL7bN", "app.invisible", "pT4kQ9vWm2XzL7bN"],
    [" pT4kQ9vWm2XzL7bN\n", "app.space", "pT4kQ9vWm2XzL7bN"],
    ["pT4kQ9vW\nm2XzL7bN", "app.space", "pT4kQ9vWm2XzL7bN"],
    ["pT4kQ9vWm2X...", "app.truncated", null],
    ["pT4kQ9vWm2XzL7bN=", "app.equals", null],
    ["short", "app.short", null],
    ["••••••••••••", "app.hidden", null],
    ["YOUR_CLIENT_SECRET", "app.placeholder", null],
    ["<client secret>", "app.placeholder", null],
    ["https://example.com/callback", "app.address", null],
    ["pT4kQ9vWm2XzL7bNс", "app.letters", null],
  ])("%j: %s", (value, code, cleaned) => {
    const found = lintApp(fields, { clientSecret: value });
    expect(found).toEqual([expect.objectContaining({ field: "clientSecret", code, cleaned })]);
  });

  test("and what is right is let by: real shapes of ids and secrets", () => {
    const right = [
      { clientId: "86abcdefghijkl", clientSecret: "WPL_AP1.AbCdEf12345.QmXyZw" },
      {
        clientId: "VGhpc0lzTm90QVJlYWw6MTpjaQ",
        clientSecret: "x-Y7_9kLmQpRsTuVwXyZ0123456789abcdefghij_AbCdEfGh",
      },
      { clientId: "123456789012345", clientSecret: "0123456789abcdef0123456789abcdef" },
      // A random secret may begin like a word.
      {
        clientId: "VGhpc0lzTm90QVJlYWw6MTpjaQ",
        clientSecret: "My7_9kLmQpRsTuVwXyZ0123456789abcdefghij_AbCdEfGh",
      },
      // As the emulator of Meta's platforms has it.
      { clientId: "2714518281828459", clientSecret: "0123456789abcdef0123456789abcdef" },
    ];
    for (const values of right) expect(lintApp(fields, values)).toEqual([]);
  });

  test("swapped and equal ones are told apart", () => {
    const swapped = lintApp(fields, {
      clientId: "0123456789abcdef0123456789abcdef",
      clientSecret: "123456789012345",
    });
    expect(swapped.map(({ code, cleaned }) => [code, cleaned])).toEqual([
      ["app.swapped", "123456789012345"],
      ["app.swapped", "0123456789abcdef0123456789abcdef"],
    ]);
    const equal = lintApp(fields, { clientId: "pT4kQ9vWm2Xz", clientSecret: "pT4kQ9vWm2Xz" });
    expect(equal.map(({ code }) => code)).toEqual(["app.equal"]);
  });
});

describe("an app of the workspace", () => {
  test("is missed before it is there, by name", async ({ ada, platform }) => {
    expect(await platform()).toMatchObject({ configured: false, app: { source: "none" } });
    const answer = await ada.call("startAuthorization", { params: { connector: "apps" }, body: {} });
    expect(answer).toMatchObject({ status: 422, body: { code: "channels.app_missing" } });
    expect(answer.body.detail).toContain("Client secret");
  });

  test("is used for its workspace alone, and its secret is never shown again", async ({
    world,
    ada,
    save,
    platform,
    start,
  }) => {
    const saved = await save(own);
    expect(saved).toMatchObject({ status: 200, body: { source: "workspace", missing: [] } });
    expect(saved.body.fields.map(({ hint }) => hint)).toEqual(["harbour-news-app", "c1Rd", null]);
    expect(JSON.stringify([saved.body, await platform()])).not.toContain(own.clientSecret);
    expect((await start()).searchParams.get("client_id")).toBe(own.clientId);
    expect(await platform(await world.app.owner())).toMatchObject({ configured: false });
    const [row] = await world.app.database.system
      .selectFrom("platform_apps")
      .selectAll()
      .where("workspace_id", "=", ada.workspaceId)
      .execute();
    expect(row?.sealed_values.includes(own.clientSecret)).toBe(false);
  });

  test("is refused with a reason while something looks wrong, and taken when the person insists", async ({
    ada,
    save,
  }) => {
    const odd = { ...own, clientSecret: `"${own.clientSecret}"` };
    const answer = await save(odd);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: "channels.wrong_app", errors: [{ path: "/values/clientSecret", code: "app.quotes" }] },
    });
    const checked = await ada.call("checkPlatformApp", {
      params: { connector: "apps" },
      body: { values: odd },
    });
    expect(checked.body).toMatchObject({
      findings: [{ field: "clientSecret", code: "app.quotes", cleaned: own.clientSecret }],
    });
    expect((await save(odd, { despite: true })).status).toBe(200);
    expect((await save({ ...own, other: "x" })).status).toBe(400);
    expect((await save({ clientId: "another-app" })).body.errors).toMatchObject([
      { path: "/values/clientSecret", code: "app.required" },
    ]);
  });

  test("with a new secret is the same app for the channels that it connected", async ({
    world,
    ada,
    save,
    connect,
    rowOf,
  }) => {
    await save(own);
    const id = await connect();
    const before = await rowOf(id);
    await save({ clientId: own.clientId, clientSecret: "aNewSecretOfTheApp77" });
    const kept = await save({ clientId: own.clientId }, { secretEndsAt: "2030-05-01T00:00:00Z" });
    expect(kept.body.fields.map(({ hint }) => hint)).toEqual(["harbour-news-app", "pp77", null]);
    const { context } = await world.channels.open(ada.workspaceId, id, new AbortController().signal);
    expect(context.settings["clientSecret"]).toBe("aNewSecretOfTheApp77");
    expect((await rowOf(id)).app_id).toBe(before.app_id);
  });

  test("replaced by another one goes on renewing what it connected", async ({
    world,
    ada,
    save,
    start,
    connect,
    ended,
  }) => {
    await save(own);
    const id = await connect();
    await save({ clientId: "another-app-there", clientSecret: "anotherSecretOfIt99" });
    expect((await start()).searchParams.get("client_id")).toBe("another-app-there");
    await ended(id);
    const opened = await world.channels.open(ada.workspaceId, id, new AbortController().signal);
    expect(opened.context.settings["clientId"]).toBe(own.clientId);
    expect(opened.channel.status).toBe("connected");
  });

  test("that nothing uses any more is forgotten", async ({ world, ada, save, connect }) => {
    await save(own);
    const id = await connect();
    expect((await ada.call("removePlatformApp", { params: { connector: "apps" } })).status).toBe(204);
    const sweep = world.channels.sweeps.find(({ name }) => name === "channels.apps");
    const count = async () => {
      await sweep?.run(new AbortController().signal);
      const rows = await world.app.database.system
        .selectFrom("platform_apps")
        .select("id")
        .where("workspace_id", "=", ada.workspaceId)
        .execute();
      return rows.length;
    };
    expect(await count()).toBe(1);
    await ada.call("disconnectChannel", { params: { id } });
    expect(await count()).toBe(0);
  });

  test("keeps what is no secret open, for limits and prices, and refuses what its connector cannot read", async ({
    world,
    ada,
    save,
  }) => {
    expect((await save({ ...own, version: "2031" })).status).toBe(200);
    const row = await world.app.database.system
      .selectFrom("platform_apps")
      .select("open_values")
      .where("workspace_id", "=", ada.workspaceId)
      .executeTakeFirstOrThrow();
    expect(row.open_values).toEqual({ clientId: own.clientId, version: "2031" });
    expect((await save({ ...own, version: "newest" }, { despite: true })).body).toMatchObject({
      code: "channels.wrong_app",
      errors: [{ path: "/values/version", code: "app.unreadable" }],
    });
  });

  test("tells of the version that its channels are published with, also once it is replaced", async ({
    world,
    ada,
    save,
    connect,
  }) => {
    await save({ ...own, version: "2000" });
    await connect();
    await save({ clientId: "another-app-there", clientSecret: "anotherSecretOfIt99" });
    const report = await world.channels.examine(world.actorOf(ada), "apps");
    const versions = report.findings.filter(({ code }) => code === "doctor.api_version");
    expect(versions).toMatchObject([{ level: "error", at: new Date("2000-12-31T00:00:00Z") }]);
  });

  test("is for those who manage channels", async ({ world, ada, save }) => {
    const editor = await world.app.member(ada, "editor");
    expect((await save(own, {}, editor)).status).toBe(403);
  });
});

describe("the installation's app", () => {
  const installed = { clientId: "installed-app", clientSecret: "theSecretOfTheInstallation" };

  test("changed in the configuration: its channels are not renewed with the new one, and the doctor says why", async ({
    world,
    ada,
    save,
    connect,
    ended,
  }) => {
    const first = world.otherProcess({ app: installed });
    await save(own);
    const id = await connect();
    // As if it had been connected with the installation's app.
    const identity = await first.app(ada.workspaceId, "apps");
    expect(identity?.source).toBe("workspace");
    await world.app.database.system
      .updateTable("channels")
      .set({ app_id: null, app_identity: "of another app" })
      .where("id", "=", id)
      .execute();
    const report = await first.examine(world.actorOf(ada), "apps");
    const codes = report.channels.flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(codes).toContain("doctor.other_app");
    await ended(id);
    const before = await world.requestsTo("/oauth/token");
    const opening = first.open(ada.workspaceId, id, new AbortController().signal);
    await expect(opening).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    expect(await world.requestsTo("/oauth/token")).toBe(before);
  });
});

describe("the platforms' door", () => {
  test("lists every platform with its way in and its accounts", async ({ world, ada }) => {
    await world.connectSandbox(ada, "daily");
    const { body } = await ada.call("listPlatforms");
    expect(body.items.length).toBeGreaterThan(5);
    const sandbox = body.items.find(({ id }) => id === "sandbox");
    expect(sandbox).toMatchObject({ configured: true, app: null, accounts: { connected: 1 } });
    expect(sandbox?.redirectUri).toBe("http://127.0.0.1:3000/api/v1/oauth/sandbox/callback");
    expect(body.items.find(({ id }) => id === "email")?.redirectUri).toBeNull();
  });

  test("refreshes, shows and disconnects the account that is meant, and asks which of several", async ({
    world,
    ada,
    rowOf,
  }) => {
    const daily = await world.connectSandbox(ada, "daily");
    const status = await ada.call("getPlatformStatus", { params: { connector: "sandbox" } });
    expect(status.body).toMatchObject({ connected: true, accounts: [{ id: daily }] });
    world.clock.move(31_000);
    const before = (await rowOf(daily)).credentials;
    expect((await ada.call("refreshPlatform", { params: { connector: "sandbox" } })).status).toBe(200);
    expect((await rowOf(daily)).credentials).not.toEqual(before);

    const weekly = await world.connectSandbox(ada, "weekly");
    const which = await ada.call("disconnectPlatform", { params: { connector: "sandbox" } });
    expect(which).toMatchObject({ status: 400, body: { code: "channels.which_account" } });
    expect(which.body.detail).toContain(weekly);
    const gone = await ada.call("disconnectPlatform", {
      params: { connector: "sandbox" },
      query: { accountId: "account-weekly" },
    });
    expect(gone).toMatchObject({ status: 200, body: { revoked: true } });
    const left = await ada.call("getPlatformStatus", {
      params: { connector: "sandbox" },
      query: { channelId: weekly },
    });
    expect(left.body).toMatchObject({ connected: false, accounts: [{ status: "disconnected" }] });
    const foreign = await (
      await world.app.owner()
    ).call("getPlatformStatus", { params: { connector: "sandbox" }, query: { channelId: daily } });
    expect(foreign.status).toBe(404);
  });

  test("leads a browser to the consent page, and names what it does not know", async ({ ada }) => {
    const page = await ada.call("getAuthorization", {
      params: { connector: "sandbox" },
      headers: { accept: "text/html" },
    });
    expect(page.status).toBe(302);
    expect(String(page.headers["location"])).toContain("code_challenge=");
    for (const operation of [
      "getAuthorization",
      "getPlatformStatus",
      "refreshPlatform",
      "disconnectPlatform",
      "getSetupGuide",
      "removePlatformApp",
    ] as const) {
      const answer = await ada.call(operation, { params: { connector: "nowhere" } });
      expect(answer).toMatchObject({ status: 404, body: { code: "channels.unknown_connector" } });
    }
  });
});
