import { describe, expect } from "vitest";
import { z } from "zod";
import type { ConnectorContext, MediaFile, MediaInfo } from "#connectors";
import type { Deliveries } from "#delivery";
import type { FileServer } from "../contract/files.ts";
import { mediaFile, picture, startFileServer } from "../contract/files.ts";
import { type MetaHarness, startMetaHarness } from "../contract/meta.ts";
import { buildMember } from "../support/builders.ts";
import type { TestDatabase } from "../support/database.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  orderPost,
  sweepUntil,
  testDeliveries,
  textVariant,
} from "../support/features/delivery.ts";
import { test } from "../support/fixtures/database.ts";

/**
 * Approved posts with images on their way to Facebook and Instagram through delivery, on a real database:
 * whatever becomes of an answer, the emulator's journal shows each post once.
 */
type Way = {
  harness: MetaHarness;
  fixture: DeliveryFixture;
  deliveries: Deliveries;
  files: FileServer;
  stored: Map<string, MediaFile>;
  reconnects: string[];
  /** What the next opening of the channel does first. */
  beforeOpen: (() => Promise<void>) | null;
};

async function startWay({ database }: TestDatabase, id: "facebook" | "instagram"): Promise<Way> {
  const files = await startFileServer();
  const harness = await startMetaHarness(id, {
    settings: { publicUrl: files.origin, pollMs: 20 },
    emulator: { processingMs: 60 },
  });
  const fixture = await buildDeliveryFixture(database, harness.connector);
  const stored = new Map<string, MediaFile>();
  const reconnects: string[] = [];
  function file(sha256: string): MediaFile {
    const found = stored.get(sha256);
    if (!found) throw new TypeError("there is no such file");
    return found;
  }
  const deliveries = testDeliveries({
    database,
    connectors: [harness.connector],
    files: {
      read: (_workspaceId, sha256) => file(sha256).read(),
      chunks: (_workspaceId, sha256, size) => file(sha256).chunks(size),
      publicUrl: (_workspaceId, sha256) => file(sha256).publicUrl,
    },
    open: async (signal) => {
      await way.beforeOpen?.();
      way.beforeOpen = null;
      return { connector: harness.connector, context: impatient({ ...harness.context(), signal }) };
    },
    reconnects,
  });
  const way: Way = { harness, fixture, deliveries, files, stored, reconnects, beforeOpen: null };
  return way;
}

async function closeWay({ harness, files }: Way): Promise<void> {
  await Promise.all([harness.close(), files.close()]);
}

const onFacebook = test.extend("way", { scope: "file" }, async ({ server }, { onCleanup }) => {
  const way = await startWay(server, "facebook");
  onCleanup(() => closeWay(way));
  return way;
});
const onInstagram = test.extend("way", { scope: "file" }, async ({ server }, { onCleanup }) => {
  const way = await startWay(server, "instagram");
  onCleanup(() => closeWay(way));
  return way;
});

/** Short windows, so that tests see the end of them. */
function impatient(context: ConnectorContext): ConnectorContext {
  return { ...context, settings: { ...context.settings, deadlineMs: 1_000, windowMs: 1_600 } };
}

async function image(way: Way, altText: string, size: [number, number] = [400, 400]): Promise<MediaFile> {
  const bytes = await picture(...size);
  const publicUrl = way.files.put(bytes, "image/jpeg");
  const file = mediaFile(bytes, { mimeType: "image/jpeg", altText, publicUrl });
  way.stored.set(file.sha256, file);
  return file;
}

type MetaPost = { text: string; media: MediaFile[]; firstComment?: string | null };

async function order(way: Way, { text, media, firstComment = null }: MetaPost) {
  const content = {
    ...textVariant(text),
    firstComment,
    media: media.map(({ mediaId, altText }) => ({ mediaId, altText })),
  };
  const { postId } = await orderPost(way.fixture, way.deliveries, content, { media: media.map(infoOf) });
  return postId;
}

const ends = ["confirmed", "rejected", "needs_reconnect", "needs_human", "missed"];

/** Sweeps until the post's delivery is in one of these states, or has failed with this code. */
async function settled(way: Way, postId: string, wanted: { states?: string[]; code?: string }) {
  async function view() {
    const [found] = await way.deliveries.forPost(way.fixture.workspaceId, postId);
    if (!found) throw new Error("there is no delivery");
    return found;
  }
  await sweepUntil(way.deliveries, async () => {
    const { state, error } = await view();
    return (
      wanted.states?.includes(state) === true || (wanted.code !== undefined && error?.code === wanted.code)
    );
  });
  return view();
}

async function deliver(way: Way, post: MetaPost) {
  return settled(way, await order(way, post), { states: ends });
}

/** What the desk knows of a file, without its bytes and addresses. */
function infoOf({
  mediaId,
  sha256,
  mimeType,
  bytes,
  width,
  height,
  durationMs,
  pages,
}: MediaFile): MediaInfo {
  return { mediaId, sha256, mimeType, bytes, width, height, durationMs, pages };
}

async function seen(way: Way, text: string) {
  return (await way.harness.journal()).filter((post) => post.text === text);
}

describe.each([
  ["facebook", onFacebook],
  ["instagram", onInstagram],
] as const)("a post on its way to %s", (id, test) => {
  test.afterAll(async ({ way }) => {
    expect(await way.harness.violations()).toEqual([]);
  });

  test("goes out once, with its images, its alt texts and its first comment", async ({ way }) => {
    const media = [await image(way, "one"), await image(way, "two", [500, 400])];
    const view = await deliver(way, { text: "An album", media: media, firstComment: "The first comment" });
    expect(view.state).toBe("confirmed");
    expect(view.attempts).toMatchObject([
      { number: 1, state: "confirmed", settledBy: "answer" },
      { number: 1, state: "confirmed", settledBy: "answer" },
    ]);
    expect(view.externalUrl).not.toBeNull();
    expect((await seen(way, "An album")).map((post) => post.altTexts)).toEqual([["one", "two"]]);
    expect(await seen(way, "The first comment")).toHaveLength(1);
  });

  test.for(["lost_answer", "cut_answer", "error_after_commit", "garbled"])(
    "%s: is found by reading back and not sent again",
    async (kind, { way }) => {
      await way.harness.faults({ kind, on: "create" });
      const view = await deliver(way, { text: `After ${kind}`, media: [await image(way, kind)] });
      expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
      expect(await seen(way, `After ${kind}`)).toHaveLength(1);
    },
  );

  test("is found after a lost answer by a list that is whole, and its first comment follows", async ({
    way,
  }) => {
    await way.harness.faults({ kind: "lost_answer", on: "create" });
    const view = await deliver(way, {
      text: "Lost, with more to come",
      media: [await image(way, "lost")],
      firstComment: "What comes then",
    });
    expect(view.state).toBe("confirmed");
    expect(view.attempts.map(({ settledBy }) => settledBy)).toEqual(["located", "answer"]);
    const [post] = await seen(way, "Lost, with more to come");
    expect(await seen(way, "What comes then")).toMatchObject([{ inReplyTo: post?.id }]);
  });

  test.for(["error_before_commit", "reset_before_commit"])(
    "%s: its absence is proven, then it is sent again",
    async (kind, { way }) => {
      await way.harness.faults({ kind, on: "create" });
      const view = await deliver(way, { text: `After ${kind}`, media: [await image(way, kind)] });
      expect(view.attempts).toMatchObject([
        { number: 1, state: "absent_proven" },
        { number: 2, state: "confirmed", settledBy: "answer" },
      ]);
      expect(await seen(way, `After ${kind}`)).toHaveLength(1);
    },
  );

  test("is read back where Instagram or Facebook calls it restricted although it is out", async ({ way }) => {
    await way.harness.faults({ kind: "refusal_after_commit", on: "create", code: "4/2207051" });
    const view = await deliver(way, { text: "Restricted, and out", media: [await image(way, "restricted")] });
    expect(view.attempts).toMatchObject([{ number: 1, state: "confirmed", settledBy: "located" }]);
    expect(await seen(way, "Restricted, and out")).toHaveLength(1);
  });

  test("with a file that the platform refuses ends with its reason, and nothing is public", async ({
    way,
  }) => {
    const view = await deliver(way, { text: "A broken picture", media: [await notAPicture(way)] });
    expect(view.state).toBe("rejected");
    expect(view.error?.message).toMatch(/JPG|JPEG/);
    expect(await seen(way, "A broken picture")).toEqual([]);
  });

  test("stops where the consent has ended, and goes on, whole, once it is connected again", async ({
    way,
  }) => {
    way.beforeOpen = () => way.harness.control("POST", "revoke-tokens");
    const media = [await image(way, "r1"), await image(way, "r2", [500, 400])];
    const postId = await order(way, { text: "Revoked on the way", media: media });
    const stopped = await settled(way, postId, { states: ends });
    expect(stopped.state).toBe("needs_reconnect");
    expect(way.reconnects.at(-1)).toContain("Connect the channel again");
    expect(await seen(way, "Revoked on the way")).toEqual([]);
    await way.harness.connect();
    await markConnected(way);
    await settled(way, postId, { states: ["confirmed"] });
    expect((await seen(way, "Revoked on the way")).map((post) => post.altTexts)).toEqual([["r1", "r2"]]);
  });

  test("that must wait is told so, and nothing is public meanwhile", async ({ way }) => {
    await way.harness.faults({ kind: "throttle", on: "create", delayMs: 60_000 });
    const postId = await order(way, { text: "Throttled", media: [await image(way, "t")] });
    const view = await settled(way, postId, { code: `${id}.throttled` });
    expect(view.state).toBe("scheduled");
    expect(await seen(way, "Throttled")).toEqual([]);
  });
});

test("a person's word that a post is on Instagram leads its first comment there, by the address alone", async ({
  server,
}) => {
  const way = await startWay(server, "instagram");
  const actor = await buildMember(server.database, way.fixture.workspaceId);
  await way.harness.faults({ kind: "lost_answer", on: "create" });
  const postId = await order(way, {
    text: "Seen by a person",
    media: [await image(way, "seen")],
    firstComment: "Its first comment",
  });
  const asked = await settled(way, postId, { states: ["ambiguous"] });
  const [post] = await seen(way, "Seen by a person");
  const { headers, proof } = way.harness.signed();
  const path = `/v25.0/${post?.id}?fields=permalink&appsecret_proof=${proof}`;
  const { permalink } = permalinkSchema.parse((await way.harness.fetch(path, { headers })).body);
  const without = way.deliveries.resolve(actor, asked.id, { outcome: "live", url: null });
  await expect(without).rejects.toMatchObject({ code: "delivery.needs_address" });
  await way.deliveries.resolve(actor, asked.id, { outcome: "live", url: permalink });
  const view = await settled(way, postId, { states: ends });
  expect(view).toMatchObject({ state: "confirmed", externalUrl: permalink });
  expect(view.attempts.map(({ settledBy }) => settledBy)).toEqual(["person", "answer"]);
  expect(await seen(way, "Its first comment")).toMatchObject([{ inReplyTo: post?.id }]);
  await Promise.all([way.harness.close(), way.files.close()]);
});

const permalinkSchema = z.object({ permalink: z.url() });

/** What the channels' own code writes when a person has connected again. */
async function markConnected({ fixture }: Way): Promise<void> {
  await fixture.database.system
    .updateTable("channels")
    .set({ status: "connected", updated_at: new Date() })
    .where("workspace_id", "=", fixture.workspaceId)
    .where("id", "=", fixture.channelId)
    .execute();
}

/** Bytes that call themselves a picture and are none. */
async function notAPicture(way: Way): Promise<MediaFile> {
  const bytes = Buffer.from("no picture at all");
  const file = mediaFile(bytes, {
    mimeType: "image/jpeg",
    altText: "",
    publicUrl: way.files.put(bytes, "image/jpeg"),
  });
  way.stored.set(file.sha256, file);
  return file;
}
