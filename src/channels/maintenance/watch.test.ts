import { describe, expect } from "vitest";
import { asOwner } from "../../../test/support/database.ts";
import { comeBack } from "../../../test/support/features/channels.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";
import { warningDue } from "../tokens/expiry.ts";

type WarningBody = { id: string; subject: string; days: number; channelId: string | null };
type Finding = { level: string; code: string; problem: string; fix: string };

const dayMs = 86_400_000;
const test = base
  .extend(
    "sweep",
    ({ world }) =>
      (name: string): Promise<void> | undefined =>
        world.channels.sweeps.find((found) => found.name === name)?.run(new AbortController().signal),
  )
  /** To a platform that renews no access. */
  .extend("connectOnce", ({ world, ada }) => async (): Promise<string> => {
    const { body } = await ada.call("startAuthorization", { params: { connector: "once" }, body: {} });
    const back = await world.consent(body.authorizeUrl);
    return (await comeBack(ada, back)).body.id;
  })
  .extend(
    "warnings",
    ({ ada }) =>
      async (): Promise<WarningBody[]> =>
        (await ada.call("listExpiryWarnings")).body.items,
  )
  .extend(
    "set",
    ({ world }) =>
      async (id: string, values: { ends_at?: Date; expires_at?: Date; credentials_at?: Date }) => {
        await world.app.database.system.updateTable("channels").set(values).where("id", "=", id).execute();
      },
  )
  .extend(
    "inDays",
    ({ world }) =>
      (days: number): Date =>
        new Date(world.clock.now().getTime() + days * dayMs),
  )
  .extend("rowsOf", ({ world }) => async (id: string): Promise<number[]> => {
    const rows = await world.app.database.system
      .selectFrom("expiry_warnings")
      .select("days")
      .where("channel_id", "=", id)
      .orderBy("days", "desc")
      .execute();
    return rows.map(({ days }) => days);
  });

test("the closest of 14, 7 and 1 days is told", () => {
  const now = new Date("2030-01-01T00:00:00Z");
  const due = (days: number) => warningDue(new Date(now.getTime() + days * dayMs), now);
  expect([15, 14, 8, 7, 2, 1, 0.5].map(due)).toEqual([null, 14, 14, 7, 7, 1, 1]);
});

test("a consent that ends is told at 14, 7 and 1 days, once each, until it is renewed", async ({
  world,
  ada,
  sweep,
  warnings,
  set,
  inDays,
  rowsOf,
}) => {
  const id = await world.connectSandbox(ada);
  const endsAt = inDays(20);
  await set(id, { ends_at: endsAt });
  await sweep("channels.warn");
  expect(await rowsOf(id)).toEqual([]);
  for (const [moved, told] of [
    [7, [14]],
    [0, [14]],
    [7, [14, 7]],
    [5.5, [14, 7, 1]],
  ] as const) {
    world.clock.move(moved * dayMs);
    await sweep("channels.warn");
    expect(await rowsOf(id)).toEqual(told);
    expect(await warnings()).toMatchObject([{ subject: "consent", channelId: id, days: told.at(-1) }]);
  }
  const [warning] = await warnings();
  expect((await ada.call("dismissExpiryWarning", { params: { id: warning?.id } })).status).toBe(204);
  expect(await warnings()).toEqual([]);
  await set(id, { ends_at: inDays(6) });
  await sweep("channels.warn");
  expect(await warnings()).toMatchObject([{ days: 7 }]);
  await world.connectSandbox(ada);
  expect(await warnings()).toEqual([]);
  world.clock.move(-19.5 * dayMs);
});

test("two workers that look at once tell it once", async ({ world, ada, sweep, set, inDays, rowsOf }) => {
  const id = await world.connectSandbox(ada);
  await set(id, { ends_at: inDays(6) });
  const other = world.otherProcess().sweeps.find(({ name }) => name === "channels.warn");
  await Promise.all([sweep("channels.warn"), other?.run(new AbortController().signal)]);
  expect(await rowsOf(id)).toEqual([7]);
});

test("a warning is told in the transaction that wrote it", async ({
  world,
  ada,
  sweep,
  set,
  inDays,
  rowsOf,
}) => {
  const id = await world.connectSandbox(ada);
  await set(id, { ends_at: inDays(6) });
  const full = "check (kind <> 'channel.expiry_warned') not valid";
  await asOwner(world.app.url, `alter table events add constraint full_up ${full}`);
  await expect(sweep("channels.warn")).rejects.toThrow("full_up");
  expect(await rowsOf(id)).toEqual([]);
  await asOwner(world.app.url, "alter table events drop constraint full_up");
  await sweep("channels.warn");
  const told = await asOwner(
    world.app.url,
    `select w.subject, w.days from events e join expiry_warnings w on w.id::text = e.target_id
     where e.kind = 'channel.expiry_warned' and w.channel_id = $1`,
    [id],
  );
  expect(told).toEqual([{ subject: "consent", days: 7 }]);
});

test("the secret of an app is told of too", async ({ ada, sweep, warnings, inDays }) => {
  const values = { clientId: "harbour-news-app", clientSecret: "pT4kQ9vWm2XzL7bNc1Rd" };
  await ada.call("savePlatformApp", {
    params: { connector: "apps" },
    body: { values, secretEndsAt: inDays(10).toISOString() },
  });
  await sweep("channels.warn");
  expect(await warnings()).toMatchObject([{ subject: "secret", channelId: null, days: 14 }]);
  await ada.call("savePlatformApp", {
    params: { connector: "apps" },
    body: { values, secretEndsAt: inDays(300).toISOString() },
  });
  expect(await warnings()).toEqual([]);
});

describe("renewing ahead of time", () => {
  test("renews what is late in its life, and leaves what is young", async ({
    world,
    ada,
    sweep,
    set,
    inDays,
  }) => {
    const old = await world.connectSandbox(ada, "old");
    const young = await world.connectSandbox(ada, "young");
    await set(old, { credentials_at: inDays(-55), expires_at: inDays(5) });
    await set(young, { credentials_at: inDays(-5), expires_at: inDays(55) });
    const before = await world.requestsTo("/oauth/token");
    await sweep("channels.renew");
    expect(await world.requestsTo("/oauth/token")).toBe(before + 1);
    await sweep("channels.renew");
    expect(await world.requestsTo("/oauth/token")).toBe(before + 1);
  });

  test("spreads what was connected together", async ({ world, ada, sweep, set, inDays }) => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, index) => world.connectSandbox(ada, `account_${index}`)),
    );
    // Sixty days, a quarter of the last third left: some are due and some are not.
    for (const id of ids) await set(id, { credentials_at: inDays(-45), expires_at: inDays(15) });
    const stored = inDays(-40);
    const renewed = async () => {
      await sweep("channels.renew");
      const rows = await world.app.database.system
        .selectFrom("channels")
        .select("credentials_at")
        .where("id", "in", ids)
        .execute();
      return rows.filter((row) => (row.credentials_at ?? stored) > stored).length;
    };
    expect(await renewed()).toBeLessThan(12);
    world.clock.move(5 * dayMs);
    expect(await renewed()).toBe(12);
    world.clock.move(-5 * dayMs);
  });

  test("asks the person where only they can, once it has ended", async ({
    ada,
    sweep,
    connectOnce,
    warnings,
    set,
    inDays,
  }) => {
    const id = await connectOnce();
    await set(id, { expires_at: inDays(6) });
    await sweep("channels.warn");
    expect(await warnings()).toMatchObject([{ subject: "access", days: 7 }]);
    const renewed = await ada.call("refreshPlatform", { params: { connector: "once" } });
    expect(renewed).toMatchObject({ status: 409, body: { code: "channels.not_renewable" } });
    await set(id, { expires_at: inDays(-1), credentials_at: inDays(-60) });
    await sweep("channels.renew");
    expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({
      status: "needs_reconnect",
    });
  });

  test("asks the person as well when a post comes first", async ({
    world,
    ada,
    connectOnce,
    set,
    inDays,
  }) => {
    const id = await connectOnce();
    await set(id, { expires_at: inDays(-1), credentials_at: inDays(-60) });
    const opening = world.channels.open(ada.workspaceId, id, new AbortController().signal);
    await expect(opening).rejects.toMatchObject({ code: "channels.needs_reconnect" });
    expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({
      status: "needs_reconnect",
    });
  });

  test("is not tried where the consent ends with the token: the access is used to its last day", async ({
    world,
    ada,
    sweep,
    warnings,
    set,
    inDays,
  }) => {
    const id = await world.connectSandbox(ada);
    await set(id, { credentials_at: inDays(-58), expires_at: inDays(2), ends_at: inDays(2) });
    const before = await world.requestsTo("/oauth/token");
    await sweep("channels.renew");
    expect(await ada.call("refreshPlatform", { params: { connector: "sandbox" } })).toMatchObject({
      status: 409,
      body: { code: "channels.not_renewable" },
    });
    const minute = new Date(world.clock.now().getTime() + 60_000);
    await set(id, { expires_at: minute, ends_at: minute });
    expect((await ada.call("checkChannel", { params: { id } })).body.healthy).toBe(true);
    expect(await world.requestsTo("/oauth/token")).toBe(before);
    expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({ status: "connected" });
    await sweep("channels.warn");
    expect(await warnings()).toMatchObject([{ subject: "consent", days: 1 }]);

    await set(id, { expires_at: inDays(-1), ends_at: inDays(-1) });
    await sweep("channels.renew");
    expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({
      status: "needs_reconnect",
    });
    expect(await world.requestsTo("/oauth/token")).toBe(before);
  });

  test("a renewal that fails for now leaves the others to be renewed", async ({
    world,
    ada,
    sweep,
    set,
    inDays,
  }) => {
    const first = await world.connectSandbox(ada, "first");
    const second = await world.connectSandbox(ada, "second");
    for (const id of [first, second]) await set(id, { credentials_at: inDays(-55), expires_at: inDays(1) });
    await world.faults([{ kind: "throttle", on: "token", remaining: 1, delayMs: 1000 }]);
    const before = await world.requestsTo("/oauth/token");
    await sweep("channels.renew");
    expect(await world.requestsTo("/oauth/token")).toBe(before + 2);
    for (const id of [first, second]) {
      expect((await ada.call("getChannel", { params: { id } })).body).toMatchObject({ status: "connected" });
    }
  });
});

function codes(findings: Finding[]): string[] {
  return findings.map(({ level, code }) => `${level} ${code}`);
}

describe("the doctor", () => {
  test("tells the redirect address, what is missing, and the fix", async ({ ada }) => {
    const { body } = await ada.call("examinePlatform", { params: { connector: "apps" } });
    expect(body.redirectUri).toBe("http://127.0.0.1:3000/api/v1/oauth/apps/callback");
    expect(codes(body.findings)).toEqual([
      "error doctor.app_missing",
      "warning doctor.loopback",
      "ok doctor.api_version",
    ]);
    expect(body.findings[0]?.fix).toContain("https://developers.example.test/apps");
  });

  test("finds a healthy channel healthy, and dates with what to do", async ({ world, ada, set, inDays }) => {
    const id = await world.connectSandbox(ada);
    await set(id, { ends_at: inDays(3) });
    const { body } = await ada.call("examineChannel", { params: { id } });
    expect(codes(body.channels[0]?.findings ?? [])).toEqual([
      "ok doctor.probe",
      "ok doctor.scopes",
      "ok doctor.access",
      "warning doctor.consent",
    ]);
    expect(body.channels[0]?.findings[2]?.problem).toContain("renewed by itself");
    expect(body.channels[0]?.findings[3]?.fix).toContain("again");
  });

  test("and the list of platforms tell nothing of another workspace", async ({ world, ada }) => {
    const id = await world.connectSandbox(ada, "harbour_secrets");
    const stranger = await world.app.owner();
    for (const { body } of [
      await stranger.call("examineChannels"),
      await stranger.call("listPlatforms"),
      await stranger.call("examinePlatform", { params: { connector: "sandbox" } }),
    ]) {
      const answer = JSON.stringify(body);
      expect(answer).not.toContain(id);
      expect(answer).not.toContain("harbour_secrets");
      expect(answer).not.toContain('"connected":1');
    }
  });

  test("one platform that fails hides none of the others", async ({ world, ada }) => {
    await world.connectSandbox(ada);
    await ada.call("connectChannel", {
      body: {
        connector: "email",
        form: { fromName: "The Daily", fromAddress: "news@daily.test", recipients: "reader@daily.test" },
      },
    });
    const cutOff = world.otherProcess({ cutOff: true });
    const actor = world.actorOf(ada);
    const [sandbox, email] = await Promise.all([
      cutOff.examine(actor, "sandbox"),
      cutOff.examine(actor, "email"),
    ]);
    expect(sandbox.channels[0]?.findings[0]).toMatchObject({ level: "error", code: "doctor.probe" });
    expect(sandbox.channels[0]?.findings[0]?.fix).toContain("firewall");
    expect(email.channels[0]?.findings[0]).toMatchObject({ level: "ok" });
    const all = await ada.call("examineChannels");
    expect(all.body.failed).toEqual([]);
    expect(all.body.items.map(({ connector }) => connector)).toContain("email");
  });
});
