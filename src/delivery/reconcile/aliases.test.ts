import { createHash } from "node:crypto";
import { expect } from "vitest";
import { pretendVideo } from "../../../test/contract/files.ts";
import { startMetaHarness } from "../../../test/contract/meta.ts";
import { asOwner } from "../../../test/support/database.ts";
import {
  buildDeliveryFixture,
  noFiles,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../../../test/support/features/delivery.ts";
import { test as base } from "../../../test/support/fixtures/database.ts";

const test = base
  .extend("harness", { scope: "file" }, async ({}, { onCleanup }) => {
    const harness = await startMetaHarness("facebook", { settings: { deadlineMs: 1_000, windowMs: 6_000 } });
    onCleanup(() => harness.close());
    return harness;
  })
  .extend("fixture", ({ server, harness }) => buildDeliveryFixture(server.database, harness.connector))
  .extend("deliveries", ({ server, harness }) =>
    testDeliveries({
      database: server.database,
      connectors: [harness.connector],
      files: { ...noFiles, read: () => Promise.resolve(video), chunks: piecesOfVideo },
      open: async (signal) => ({
        connector: harness.connector,
        context: harness.contextWith({ signal }),
      }),
      settings: { concurrency: 16, leaseMs: 4_000 },
    }),
  )
  .extend(
    "stateOf",
    ({ fixture, deliveries }) =>
      async (postId: string): Promise<string | undefined> =>
        (await deliveries.forPost(fixture.workspaceId, postId))[0]?.state,
  );

const video = pretendVideo(5_000);

// oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
async function* piecesOfVideo(
  _workspaceId: string,
  _sha256: string,
  size: number,
): AsyncIterable<Uint8Array> {
  for (let at = 0; at < video.length; at += size) yield video.subarray(at, at + size);
}

test("a video that Galley knows by its own id is not taken for a text of the same words, which the list names otherwise", async ({
  server,
  harness,
  fixture,
  deliveries,
  stateOf,
}) => {
  const text = "The soup of the day";
  await harness.faults({ kind: "reset_before_commit", on: "create", remaining: 1 });
  const lost = await orderPost(fixture, deliveries, textVariant(text));
  await sweepUntil(deliveries, async () => (await stateOf(lost.postId)) === "ambiguous");
  const info = {
    mediaId: "0190aaaa-0000-7000-8000-000000000001",
    sha256: createHash("sha256").update(video).digest("hex"),
    mimeType: "video/mp4",
    bytes: video.length,
    width: 400,
    height: 400,
    durationMs: 4_000,
    pages: null,
  };
  const content = { ...textVariant(text), media: [{ mediaId: info.mediaId, altText: "" }] };
  const film = await orderPost(fixture, deliveries, content, { media: [info] });
  await sweepUntil(deliveries, async () => (await stateOf(film.postId)) === "confirmed", 30_000);
  const anHourAgo = `update delivery_attempts set intent_at = intent_at - interval '1 hour' where delivery_id = $1`;
  await asOwner(server.url, anHourAgo, [lost.deliveryId]);
  await sweepUntil(deliveries, async () => (await stateOf(lost.postId)) === "needs_human", 30_000);
  // It may be a post that shares the video, so a person is shown it.
  const [view] = await deliveries.forPost(fixture.workspaceId, lost.postId);
  expect(view?.attempts[0]?.doubt).toMatchObject({ reason: "resembles", seen: [{ likeness: "same" }] });
  expect((await harness.journal()).filter((post) => post.text === text)).toHaveLength(1);
}, 60_000);
