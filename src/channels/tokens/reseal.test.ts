import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { test as base } from "../../../test/support/fixtures/channels.ts";

const test = base.extend(
  "versionsOf",
  ({ world }) =>
    (workspaceId: string): Promise<number[]> =>
      world.app.database.system
        .selectFrom("channels")
        .select("credentials")
        .where("workspace_id", "=", workspaceId)
        .execute()
        .then((rows) => rows.map(({ credentials }) => credentials?.readUInt32BE(1) ?? 0)),
);

test("a new data key seals everything of the workspace, and everything still opens", async ({
  world,
  ada,
  versionsOf,
}) => {
  const ids = [await world.connectSandbox(ada, "daily"), await world.connectSandbox(ada, "weekly")];
  const values = { clientId: "harbour-news-app", clientSecret: "pT4kQ9vWm2XzL7bNc1Rd" };
  await ada.call("savePlatformApp", { params: { connector: "apps" }, body: { values } });
  const other = await world.app.owner();
  await world.connectSandbox(other);
  const before = await versionsOf(other.workspaceId);

  const { status, body } = await ada.call("rotateChannelSecrets");
  expect({ status, body }).toMatchObject({ status: 200, body: { resealed: 3, unreadable: 0 } });
  expect(await versionsOf(ada.workspaceId)).toEqual([body.version, body.version]);
  expect(await versionsOf(other.workspaceId)).toEqual(before);
  const { signal } = new AbortController();
  for (const id of ids) {
    const { connector, context } = await world.channels.open(ada.workspaceId, id, signal);
    expect((await connector.probe(context)).handle).not.toBe("");
  }
  expect(await world.channels.app(ada.workspaceId, "apps")).toMatchObject({
    source: "workspace",
    missing: [],
  });
});

test("while tokens are renewed at the same moment, none is lost", async ({ world, ada }) => {
  const handles = ["one", "two", "three", "four"];
  const ids = await Promise.all(handles.map((handle) => world.connectSandbox(ada, handle)));
  await world.app.database.system
    .updateTable("channels")
    .set({ expires_at: new Date(world.clock.now().getTime() - 1000) })
    .where("workspace_id", "=", ada.workspaceId)
    .execute();
  const { signal } = new AbortController();
  await Promise.all([
    ada.call("rotateChannelSecrets"),
    ...ids.map((id) => world.channels.open(ada.workspaceId, id, signal)),
    ada.call("rotateChannelSecrets"),
  ]);
  for (const id of ids) {
    const { connector, context } = await world.channels.open(ada.workspaceId, id, signal);
    expect((await connector.probe(context)).handle).not.toBe("");
  }
});

test("what does not open is counted, left as it is, and stops nothing", async ({
  world,
  ada,
  versionsOf,
}) => {
  await world.connectSandbox(ada, "daily");
  const changed = world.otherProcess({ key: randomBytes(32) });
  const before = await versionsOf(ada.workspaceId);
  const done = await changed.rotateSecrets(world.actorOf(ada));
  expect(done).toMatchObject({ resealed: 0, unreadable: 1 });
  expect(await versionsOf(ada.workspaceId)).toEqual(before);
});

test("is for those who manage the workspace", async ({ world, ada }) => {
  const editor = await world.app.member(ada, "editor");
  expect((await editor.call("rotateChannelSecrets")).status).toBe(403);
});
