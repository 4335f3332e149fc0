import { describe, expect } from "vitest";
import { comeBack } from "../../../test/support/features/channels.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";

type ChannelBody = {
  id: string;
  handle: string;
  status: string;
  statusReason: string | null;
  scopes: string[];
  endsAt: string | null;
  missingOptional: { scope: string; enables: string }[];
};

const test = base
  .extend("start", ({ ada }) => async (connector: string, body: object = {}): Promise<string> => {
    const answer = await ada.call("authorizeChannel", { body: { connector, ...body } });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.authorizeUrl;
  })
  .extend(
    "back",
    ({ ada }) =>
      (url: URL, person = ada) =>
        comeBack(person, url),
  )
  .extend("openPages", ({ world, start, back }) => async (handle = "newcomer") => {
    const answer = await back(await world.consent(await start("pages"), "allow", handle));
    expect(answer.status).toBe(202);
    return answer.body;
  })
  .extend(
    "pick",
    ({ ada }) =>
      (id: string, ...accountIds: string[]) =>
        ada.call("pickAccounts", { params: { id }, body: { accountIds } }),
  )
  .extend(
    "list",
    ({ ada }) =>
      async (): Promise<ChannelBody[]> =>
        (await ada.call("listChannels")).body.items,
  )
  .extend(
    "connectOnce",
    ({ world, start, back }) =>
      async (): Promise<string> =>
        (await back(await world.consent(await start("once")))).body.id,
  );

describe("a consent that opened several accounts", () => {
  test("connects nothing until the person has picked", async ({ ada, openPages, list }) => {
    const { id, accounts } = await openPages();
    expect(accounts.map(({ accountId }) => accountId)).toEqual([
      "page-harbour",
      "page-market",
      "page-closed",
    ]);
    expect(await list()).toEqual([]);
    const seen = await ada.call("getPendingConnection", { params: { id } });
    expect(seen).toMatchObject({ status: 200, body: { id, connector: "pages" } });
  });

  test("makes of each picked one a channel with its own credentials and end", async ({
    world,
    ada,
    openPages,
    pick,
    list,
  }) => {
    const { id } = await openPages();
    const answer = await pick(id, "page-harbour", "page-market");
    expect(answer.status).toBe(201);
    const { signal } = new AbortController();
    for (const channel of answer.body.items) {
      expect(channel).toMatchObject({ status: "connected", endsAt: "2030-01-01T00:00:00.000Z" });
      const { connector, context } = await world.channels.open(ada.workspaceId, channel.id, signal);
      const { handle } = await connector.probe(context);
      expect(handle).toBe(channel.handle);
    }
    expect(await list()).toHaveLength(2);
    expect((await pick(id, "page-market")).body.code).toBe("channels.no_pending");
  });

  test("says why one cannot be connected, and connects nothing of such a choice", async ({
    openPages,
    pick,
    list,
  }) => {
    const { id, accounts } = await openPages();
    expect(accounts[2]?.problem).toContain("may not publish");
    const refused = await pick(id, "page-harbour", "page-closed");
    expect(refused).toMatchObject({ status: 422, body: { code: "channels.not_connectable" } });
    const foreign = await pick(id, "page-of-somebody");
    expect(foreign).toMatchObject({ status: 400, body: { code: "channels.not_offered" } });
    expect((await pick(id)).status).toBe(400);
    expect(await list()).toEqual([]);
    expect((await pick(id, "page-harbour")).status).toBe(201);
  });

  test("names the channels that the accounts have already, and keeps their ids", async ({
    ada,
    openPages,
    pick,
  }) => {
    const first = (await pick((await openPages()).id, "page-market")).body.items[0];
    await ada.call("disconnectChannel", { params: { id: first?.id } });
    const again = await openPages();
    expect(again.accounts[1]?.channel).toEqual({ id: first?.id, status: "disconnected" });
    expect((await pick(again.id, "page-market")).body.items[0]).toMatchObject({
      id: first?.id,
      status: "connected",
    });
  });

  test("waits for half an hour, and then its tokens are gone", async ({ world, openPages, pick }) => {
    const { id } = await openPages();
    world.clock.move(1_800_001);
    expect((await pick(id, "page-market")).body.code).toBe("channels.no_pending");
    const sweep = world.channels.sweeps.find(({ name }) => name === "channels.pending");
    await sweep?.run(new AbortController().signal);
    world.clock.move(-1_800_001);
    const rows = await world.app.database.system
      .selectFrom("pending_connections")
      .where("id", "=", id)
      .selectAll()
      .execute();
    expect(rows).toEqual([]);
  });

  test("is for nobody else: another session, a colleague, another workspace", async ({
    world,
    ada,
    openPages,
  }) => {
    const { id } = await openPages();
    const admin = await world.app.member(ada, "admin");
    const stranger = await world.app.owner();
    for (const person of [admin, stranger]) {
      expect((await person.call("getPendingConnection", { params: { id } })).status).toBe(404);
      const body = { accountIds: ["page-market"] };
      expect((await person.call("pickAccounts", { params: { id }, body })).status).toBe(404);
      expect((await person.call("dropPendingConnection", { params: { id } })).status).toBe(404);
    }
    expect((await ada.call("dropPendingConnection", { params: { id } })).status).toBe(204);
    expect((await ada.call("getPendingConnection", { params: { id } })).status).toBe(404);
  });

  test("is sealed while it waits", async ({ world, openPages }) => {
    const { id } = await openPages();
    const row = await world.app.database.system
      .selectFrom("pending_connections")
      .select("opened")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(row.opened.includes("accessToken")).toBe(false);
    expect(row.opened.includes("page-market")).toBe(false);
  });

  test("leads a browser to the choice, wherever it came from", async ({ world, ada, start }) => {
    const url = await world.consent(await start("pages", { returnTo: "/" }));
    const answer = await comeBack(ada, url, "text/html");
    expect(answer.headers["location"]).toMatch(/^\/channels\?pick=[0-9a-f-]{36}$/);
  });
});

describe("scopes that a channel can do without", () => {
  test("are asked for, and a missing one is listed with what it enables", async ({
    world,
    ada,
    start,
    back,
    pick,
  }) => {
    const url = new URL(await start("pages"));
    expect(url.searchParams.get("scope")).toBe("profile posts.write posts.read");
    url.searchParams.set("scope", "profile posts.write");
    const { body } = await back(await world.consent(url.href));
    const missing = [{ scope: "posts.read", enables: "reading posts back" }];
    expect(body.missingOptional).toEqual(missing);
    const [channel] = (await pick(body.id, "page-market")).body.items;
    expect(channel?.missingOptional).toEqual(missing);
    const check = await ada.call("checkChannel", { params: { id: channel?.id } });
    expect(check.body).toMatchObject({ healthy: true, missingOptional: missing });
  });

  test("are left out for an app that does not offer them", async ({ start }) => {
    const url = new URL(await start("pages", { onlyNeeded: true }));
    expect(url.searchParams.get("scope")).toBe("profile posts.write");
  });
});

describe("what is asked before the consent page", () => {
  test("makes the app of the flow ready, and authorize and exchange get it", async ({
    world,
    ada,
    start,
    back,
  }) => {
    const authorizeUrl = await start("homes", { form: { server: " https://home.example " } });
    expect(new URL(authorizeUrl).searchParams.get("client_id")).toBe("app-of-https://home.example");
    const answer = await back(await world.consent(authorizeUrl));
    expect(answer).toMatchObject({ status: 200, body: { status: "connected" } });
    const rows = await world.app.database.system
      .selectFrom("oauth_states")
      .select("registration")
      .where("workspace_id", "=", ada.workspaceId)
      .execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.registration?.includes("app-of")).toBe(false);
  });

  test.for([
    [{}, "form.required"],
    [{ server: "not an address" }, "homes.bad_server"],
    [{ server: "https://home.example", more: "x" }, "form.unknown"],
  ] as const)("names a wrong field: %j", async ([form, code], { ada }) => {
    const { status, body } = await ada.call("authorizeChannel", { body: { connector: "homes", form } });
    expect(status).toBe(400);
    expect(body.code).toBe("channels.wrong_form");
    expect(body.errors.map((problem) => problem.code)).toEqual([code]);
  });

  test("takes no form where nothing is asked", async ({ ada }) => {
    const body = { connector: "sandbox", form: { server: "https://home.example" } };
    const answer = await ada.call("authorizeChannel", { body });
    expect(answer).toMatchObject({ status: 400, body: { code: "channels.wrong_form" } });
  });
});

describe("access that only the person can renew", () => {
  test("asks for them when it ends, and no byte goes to the platform", async ({
    world,
    ada,
    list,
    connectOnce,
  }) => {
    const id = await connectOnce();
    await world.app.database.system
      .updateTable("channels")
      .set({ expires_at: new Date(world.clock.now().getTime() - 1000) })
      .where("id", "=", id)
      .execute();
    const before = await world.requestsTo("/oauth/token");
    const opening = world.channels.open(ada.workspaceId, id, new AbortController().signal);
    await expect(opening).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    expect(await world.requestsTo("/oauth/token")).toBe(before);
    const channel = (await list()).find((found) => found.id === id);
    expect(channel?.status).toBe("needs_reconnect");
    expect(channel?.statusReason).toContain("connect this channel again");
    expect(await connectOnce()).toBe(id);
  });

  test("stays as it is where a post was refused with a former one, and its own refusal asks for them", async ({
    world,
    ada,
    list,
    connectOnce,
  }) => {
    const id = await connectOnce();
    const signal = AbortSignal.timeout(10_000);
    const opened = await world.channels.open(ada.workspaceId, id, signal, { refresh: true });
    expect((await list()).find((found) => found.id === id)?.status).toBe("connected");
    await world.channels.needsReconnect(ada.workspaceId, id, "refused", opened.credentialsAt);
    expect((await list()).find((found) => found.id === id)?.status).toBe("needs_reconnect");
  });

  test("is forgotten on disconnect where the platform cannot withdraw it, and the answer says so", async ({
    ada,
    connectOnce,
  }) => {
    const id = await connectOnce();
    const { body } = await ada.call("disconnectChannel", { params: { id } });
    expect(body.revoked).toBeNull();
    expect(body.message).toContain("To end the consent there as well, remove Galley");
  });
});

describe("connecting a certain channel again", () => {
  test("refuses another account, which would stand beside it", async ({ world, ada, start, back, list }) => {
    const id = await world.connectSandbox(ada, "daily");
    const url = await start("sandbox", { channelId: id });
    const answer = await back(await world.consent(url, "allow", "weekly"));
    expect(answer).toMatchObject({ status: 422, body: { code: "channels.other_account" } });
    expect(answer.body.detail).toContain("@weekly");
    expect(await list()).toHaveLength(1);
    const right = await world.consent(await start("sandbox", { channelId: id }), "allow", "daily");
    expect((await back(right)).body.id).toBe(id);
  });

  test("needs a channel of this workspace and platform", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada);
    const other = await ada.call("authorizeChannel", { body: { connector: "pages", channelId: id } });
    expect(other.body.code).toBe("channels.other_platform");
    const stranger = await world.app.owner();
    const foreign = await stranger.call("authorizeChannel", {
      body: { connector: "sandbox", channelId: id },
    });
    expect(foreign.status).toBe(404);
  });
});

test("a renewal that says nothing of the end leaves it as it was", async ({
  world,
  ada,
  openPages,
  pick,
}) => {
  const { id } = await openPages();
  const [channel] = (await pick(id, "page-market")).body.items;
  const signal = new AbortController().signal;
  await world.app.database.system
    .updateTable("channels")
    .set({ expires_at: new Date(world.clock.now().getTime() - 1000) })
    .where("id", "=", channel?.id ?? "")
    .execute();
  const { channel: renewed, context } = await world.channels.open(ada.workspaceId, channel?.id ?? "", signal);
  expect(renewed.endsAt?.toISOString()).toBe("2030-01-01T00:00:00.000Z");
  // What the answer left out stays too.
  expect(context.credentials["page"]).toBe("page-market");
});
