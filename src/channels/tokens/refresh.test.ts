import { describe, expect, vi } from "vitest";
import { test as base } from "../../../test/support/fixtures/channels.ts";

const test = base
  .extend("id", ({ world, ada }) => world.connectSandbox(ada))
  .extend(
    "open",
    ({ world, ada, id }) =>
      (channels = world.channels, options = {}) =>
        channels.open(ada.workspaceId, id, never(), options),
  )
  /** As if the access token had been stored an hour ago and ended in `seconds`. */
  .extend("age", ({ world, id }) => async (seconds: number): Promise<void> => {
    const now = world.clock.now().getTime();
    await world.app.database.system
      .updateTable("channels")
      .set({ expires_at: new Date(now + seconds * 1000), credentials_at: new Date(now - 3_600_000) })
      .where("id", "=", id)
      .execute();
  })
  .extend(
    "row",
    ({ world, id }) =>
      () =>
        world.app.database.system
          .selectFrom("channels")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow(),
  )
  .extend("exchangesDuring", ({ world }) => async (work: () => Promise<unknown>): Promise<number> => {
    const before = await world.requestsTo("/oauth/token");
    await work();
    return (await world.requestsTo("/oauth/token")) - before;
  });

function never(): AbortSignal {
  return new AbortController().signal;
}

test("an open channel calls the platform; fresh credentials are used as they are", async ({
  id,
  open,
  exchangesDuring,
}) => {
  const exchanges = await exchangesDuring(async () => {
    const { connector, context, channel } = await open();
    expect(await connector.probe(context)).toMatchObject({ handle: "@newcomer" });
    expect(channel.id).toBe(id);
  });
  expect(exchanges).toBe(0);
});

test("credentials are sealed at rest and bound to their row", async ({ world, ada, open, row }) => {
  const { context } = await open();
  const [token = ""] = Object.values(context.credentials).map(String);
  const stored = await row();
  expect(stored.credentials?.includes(token)).toBe(false);
  const other = await world.connectSandbox(ada, "other");
  await world.app.database.system
    .updateTable("channels")
    .set({ credentials: stored.credentials })
    .where("id", "=", other)
    .execute();
  const moved = world.channels.open(ada.workspaceId, other, never());
  await expect(moved).rejects.toMatchObject({ code: "secrets.damaged" });
});

test("a token that ends soon is renewed before it ends, and the new pair works", async ({
  open,
  age,
  row,
  exchangesDuring,
}) => {
  const before = await open();
  await age(60);
  const exchanges = await exchangesDuring(async () => {
    const after = await open();
    expect(after.context.credentials).not.toEqual(before.context.credentials);
    expect(await after.connector.probe(after.context)).toMatchObject({ handle: "@newcomer" });
    await open();
  });
  expect(exchanges).toBe(1);
  expect(await row()).toMatchObject({ refresh_id: null, refresh_until: null, status: "connected" });
});

test("what came of a renewal is one line of the log, with no token in it", async ({
  world,
  ada,
  id,
  open,
  age,
}) => {
  const said: [object, string][] = [];
  const channels = world.otherProcess({
    log: { info: (...line: unknown[]) => void said.push(line as [object, string]) },
  });
  await age(60);
  const { context } = await open(channels);
  const about = { workspaceId: ada.workspaceId, channelId: id, connector: "sandbox" };
  expect(said).toEqual([[{ ...about, outcome: "renewed", ms: expect.any(Number) }, "refresh"]]);
  const tokens = JSON.stringify(context.credentials).match(/[^"]{16,}/g) ?? [];
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(JSON.stringify(said)).not.toContain(token);
  await world.faults([{ kind: "lost_answer", on: "token", remaining: 1 }]);
  await age(60);
  await open(channels).catch(() => undefined);
  expect(said.at(-1)).toEqual([
    { ...about, outcome: "failed", code: expect.any(String), ms: expect.any(Number) },
    "refresh",
  ]);
});

test("a process whose clock is an hour off leaves no moment behind that others would believe", async ({
  open,
  age,
  row,
}) => {
  await age(-1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  try {
    await open();
  } finally {
    vi.useRealTimers();
  }
  const at = (await row()).credentials_at?.getTime() ?? 0;
  expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
});

test("many callers in two processes make one exchange", async ({
  world,
  open,
  age,
  row,
  exchangesDuring,
}) => {
  await age(-1);
  const second = world.otherProcess();
  const exchanges = await exchangesDuring(async () => {
    const callers = Array.from({ length: 200 }, (_, index) =>
      open(index % 2 === 0 ? world.channels : second),
    );
    const opened = await Promise.all(callers);
    expect(new Set(opened.map(({ context }) => context.credentials["accessToken"])).size).toBe(1);
  });
  expect(exchanges).toBe(1);
  expect((await row()).status).toBe("connected");
});

test("on demand a refused token is replaced once, not by each who was refused", async ({
  world,
  open,
  age,
  exchangesDuring,
}) => {
  await age(3600);
  const exchanges = await exchangesDuring(async () => {
    for (let round = 0; round < 3; round += 1) await open(world.channels, { refresh: true });
  });
  expect(exchanges).toBe(1);
});

describe("a refresh that fails", () => {
  test("a lost answer: the single-use token may be spent, so a person is asked, and nothing loops", async ({
    world,
    open,
    age,
    row,
    exchangesDuring,
  }) => {
    await age(-1);
    await world.faults([{ kind: "lost_answer", on: "token", remaining: 1 }]);
    const exchanges = await exchangesDuring(async () => {
      await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
      await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    });
    expect(exchanges).toBe(1);
    expect(await row()).toMatchObject({ status: "needs_reconnect", refresh_id: null });
  });

  test("an answer of 500 is as good as lost", async ({ world, open, age }) => {
    await age(-1);
    await world.faults([{ kind: "error_after_commit", on: "token", remaining: 1 }]);
    await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
  });

  test("asked to wait: the present token goes on while it lasts, then the caller waits", async ({
    world,
    open,
    age,
    row,
  }) => {
    await world.faults([{ kind: "throttle", on: "token", remaining: 2, delayMs: 7000 }]);
    await age(60);
    expect((await open()).channel.status).toBe("connected");
    await age(-1);
    await expect(open()).rejects.toMatchObject({ verdict: "throttled", retryAfterSeconds: 7 });
    expect(await row()).toMatchObject({ status: "connected", refresh_id: null });
    expect((await open()).channel.status).toBe("connected");
  });

  test("access that was withdrawn: connect again, and the channel keeps its id", async ({
    world,
    ada,
    id,
    open,
    age,
    row,
  }) => {
    await world.control("revoke-tokens");
    await age(-1);
    await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    expect((await row()).status_reason).toContain("connect the channel again");
    expect(await world.connectSandbox(ada)).toBe(id);
    expect((await open()).channel).toMatchObject({ id, status: "connected", statusReason: null });
  });

  test("a process that died in the middle: nobody tries its token again", async ({
    world,
    id,
    open,
    age,
    exchangesDuring,
  }) => {
    await age(-1);
    const until = world.clock.now().getTime() - 1;
    await world.app.database.system
      .updateTable("channels")
      .set({ refresh_id: id, refresh_until: new Date(until) })
      .where("id", "=", id)
      .execute();
    const exchanges = await exchangesDuring(async () => {
      await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    });
    expect(exchanges).toBe(0);
  });

  test("nor where the clock was set back since, so that its time seems far from over", async ({
    world,
    id,
    open,
    age,
  }) => {
    await age(-1);
    const until = world.clock.now().getTime() + 3_600_000;
    await world.app.database.system
      .updateTable("channels")
      .set({ refresh_id: id, refresh_until: new Date(until) })
      .where("id", "=", id)
      .execute();
    await expect(open()).rejects.toMatchObject({ code: "channels.needs_reconnect" });
  });

  test("a caller who leaves does not stop it for the others", async ({ world, ada, id, open, age }) => {
    await age(-1);
    await world.faults([{ kind: "slow", on: "token", remaining: 1, delayMs: 500 }]);
    const leaving = world.channels.open(ada.workspaceId, id, AbortSignal.timeout(50));
    const staying = open();
    await expect(leaving).rejects.toMatchObject({ code: "channels.renewing" });
    expect((await staying).channel.status).toBe("connected");
  });
});

test("who connects again while a refresh runs keeps the newer access", async ({
  world,
  ada,
  open,
  age,
  row,
}) => {
  await age(-1);
  await world.faults([{ kind: "slow", on: "token", remaining: 1, delayMs: 800 }]);
  const refreshing = open();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await world.connectSandbox(ada);
  const stored = (await row()).credentials;
  await refreshing;
  expect((await row()).credentials).toEqual(stored);
  const { connector, context } = await open();
  expect(await connector.probe(context)).toMatchObject({ handle: "@newcomer" });
});

test("a rotated data key seals the next refresh, and what it sealed before still opens", async ({
  world,
  ada,
  id,
  open,
  age,
  row,
}) => {
  const version = await world.secrets.rotate(ada.workspaceId);
  // Another process sees the new key within a minute.
  world.clock.move(61_000);
  expect((await open()).channel.id).toBe(id);
  await age(-1);
  await open();
  expect((await row()).credentials?.readUInt32BE(1)).toBe(version);
});

test("tokens reach no answer, no error and no audit event", async ({ world, ada, id, open, age }) => {
  const seen: string[] = [];
  const tokens: string[] = [];
  async function note(): Promise<void> {
    const { context } = await world.channels.open(ada.workspaceId, id, never());
    tokens.push(...Object.values(context.credentials).map(String));
  }
  await note();
  seen.push(JSON.stringify((await ada.call("listChannels")).body));
  seen.push(JSON.stringify((await ada.call("getChannel", { params: { id } })).body));
  seen.push(JSON.stringify((await ada.call("listConnectors")).body));
  seen.push(JSON.stringify((await ada.call("checkChannel", { params: { id } })).body));
  await age(-1);
  await note();
  await age(-1);
  await world.faults([{ kind: "garbled", on: "token", remaining: 1 }]);
  const error: unknown = await open().catch((thrown: unknown) => thrown);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    seen.push(cause.message, cause.stack ?? "", JSON.stringify(cause));
  }
  seen.push(JSON.stringify((await ada.call("disconnectChannel", { params: { id } })).body));
  seen.push(JSON.stringify(await world.app.database.system.selectFrom("events").selectAll().execute()));
  expect(tokens).toHaveLength(4);
  for (const token of tokens) expect(seen.join("\n")).not.toContain(token);
});
