import { expect } from "vitest";
import { connectorRegistry } from "#connectors";
import type { Connector, ConnectorContext, ConnectorHttp } from "#connectors";
import { mediaFile, picture, startFileServer } from "../../../test/contract/files.ts";
import { startMetaHarness } from "../../../test/contract/meta.ts";
import {
  noFiles,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/restorable.ts";
import type { Deliveries, DeliveriesOptions } from "../deliveries.ts";

// Where a platform has a key of our own, an absence under it says that nothing was sent under this key. After a restore
// the post may have gone out under another one.

const test = base
  /** A process that speaks to one platform. */
  .extend(
    "start",
    ({ galley }) =>
      (
        connector: Connector,
        contextFor: (signal: AbortSignal) => ConnectorContext,
        files: DeliveriesOptions["files"] = noFiles,
      ): Deliveries =>
        testDeliveries({
          dataDir: galley.dataDir,
          database: galley.database,
          connectors: [connector],
          files,
          open: async (signal) => ({ connector, context: contextFor(signal) }),
          settings: { concurrency: 16 },
        }),
  )
  /** Until nothing is looked up any more, and then, an admin having released it, until nothing is due. */
  .extend("releaseAndGoOn", ({ galley }) => async (deliveries: Deliveries, postId: string): Promise<void> => {
    await sweepUntil(
      deliveries,
      async () => {
        const { active, unchecked, reading } = await deliveries.quarantine.view();
        return active && unchecked + reading === 0;
      },
      30_000,
    );
    await deliveries.quarantine.release(await galley.owner());
    const settled = new Set(["confirmed", "needs_human", "missed", "rejected"]);
    await sweepUntil(
      deliveries,
      async () => settled.has((await galley.stateOf(deliveries, postId)) ?? ""),
      30_000,
    );
  })
  .extend("channelOf", ({ galley }) => async (connector: string): Promise<void> => {
    await galley.database.system
      .updateTable("channels")
      .set({ connector })
      .where("id", "=", galley.fixture.channelId)
      .execute();
  });

test("Instagram: a container that is made to look with says nothing of the one that was published", async ({
  galley,
  start,
  releaseAndGoOn,
  channelOf,
}) => {
  const files = await startFileServer();
  const jpeg = await picture(400, 400);
  const publicUrl = files.put(jpeg, "image/jpeg");
  const image = mediaFile(jpeg, { mimeType: "image/jpeg", altText: "", publicUrl });
  const harness = await startMetaHarness("instagram", {
    settings: { publicUrl: files.origin, pollMs: 20, deadlineMs: 1_000, windowMs: 1_600 },
    origins: [files.origin, files.otherOrigin],
    emulator: { processingMs: 20 },
  });
  try {
    await channelOf("instagram");
    const run = () =>
      start(harness.connector, (signal) => harness.contextWith({ signal }), {
        ...noFiles,
        read: () => Promise.resolve(jpeg),
        publicUrl: () => publicUrl,
      });
    const { mediaId, sha256, mimeType, bytes, width, height, durationMs, pages } = image;
    const media = [{ mediaId, sha256, mimeType, bytes, width, height, durationMs, pages }];
    const content = { ...textVariant("A pot of soup"), media: [{ mediaId, altText: "" }] };
    const before = run();
    await before.checkDurability();
    const { postId } = await orderPost(galley.fixture, before, content, {
      media,
      dueAt: new Date(Date.now() + 1_500),
    });
    await galley.backUp();
    const between = run();
    await between.checkDurability();
    await sweepUntil(between, async () => (await galley.stateOf(between, postId)) === "confirmed");
    await galley.restore();
    const after = run();
    await after.checkDurability();
    await releaseAndGoOn(after, postId);
    expect((await harness.journal()).map(({ text }) => text)).toEqual(["A pot of soup"]);
  } finally {
    await harness.close();
    await files.close();
  }
}, 120_000);

function answer(status: number, body: object) {
  const headers = { date: new Date().toUTCString() };
  return { status, headers, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function uri(key: string) {
  return { uri: `at://did:plc:brand/app.bsky.feed.post/${key}`, cid: `c-${key}` };
}

function noMail() {
  return Promise.reject(new TypeError("no mail here"));
}

/** A personal data server as far as it keeps records under the keys that it is given. */
function dataServer(records: Map<string, { text: string }>): ConnectorHttp {
  return {
    request: async ({ url, body }) => {
      if (url.includes("com.atproto.repo.putRecord")) {
        const { rkey, record } = JSON.parse(String(body)) as { rkey: string; record: { text: string } };
        records.set(rkey, record);
        return answer(200, uri(rkey));
      }
      if (url.includes("com.atproto.repo.listRecords")) {
        const keys = [...records.keys()].toSorted().toReversed();
        return answer(200, { records: keys.map((key) => ({ ...uri(key), value: records.get(key) })) });
      }
      const key = new URL(url).searchParams.get("rkey") ?? "";
      const value = records.get(key);
      return value ? answer(200, { ...uri(key), value }) : answer(400, { error: "RecordNotFound" });
    },
  };
}

test("Bluesky: the key of another time and another delivery says nothing of what was sent early", async ({
  galley,
  start,
  releaseAndGoOn,
  channelOf,
}) => {
  const bluesky = connectorRegistry().get("bluesky");
  if (!bluesky) throw new TypeError("there is no connector of Bluesky");
  const records = new Map<string, { text: string }>();
  const http = dataServer(records);
  const run = () =>
    start(bluesky, (signal) => ({
      http,
      signal,
      mail: { send: noMail, verify: noMail },
      credentials: {
        service: "https://pds.example.test",
        identifier: "brand.example.test",
        appPassword: "p",
        accessJwt: "a",
        refreshJwt: "r",
      },
      accountId: "did:plc:brand",
      scopes: [],
      settings: { deadlineMs: 1_000, windowMs: 1_600 },
    }));
  await channelOf("bluesky");
  const { workspaceId } = galley.fixture;
  const before = run();
  await before.checkDurability();
  const soon = new Date(Date.now() + 6_000);
  const planned = await orderPost(galley.fixture, before, textVariant("Sent early"), { dueAt: soon });
  await galley.backUp();
  const between = run();
  await between.checkDurability();
  // A person does not wait: "Publish now" cancels what was planned and asks for it anew.
  await galley.database.inWorkspace(workspaceId, (tx) => between.cancel(tx, workspaceId, planned.postId));
  const early = await orderPost(galley.fixture, between, textVariant("Sent early"));
  await sweepUntil(between, async () => (await galley.stateOf(between, early.postId)) === "confirmed");
  await galley.restore();
  const after = run();
  await after.checkDurability();
  await releaseAndGoOn(after, planned.postId);
  expect([...records.values()].map(({ text }) => text)).toEqual(["Sent early"]);
}, 120_000);
