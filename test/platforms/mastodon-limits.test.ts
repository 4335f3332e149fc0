import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test as base } from "vitest";
import { z } from "zod";
import { startMastodon } from "#emulator";
import { createFiles } from "#platform/files";
import { createHttpClient } from "#platform/http-client";
import { agree } from "../acceptance/consent.ts";
import { testApp } from "../support/app.ts";
import type { BodyOf } from "../support/calls.ts";
import { comeBack } from "../support/features/channels.ts";
import { sweepUntil } from "../support/features/delivery.ts";
import { letUndoPass, movableClock } from "../support/features/desk.ts";
import { uploadFile } from "../support/upload.ts";

/**
 * Limits belong to the server of an account: what it says of itself is what authors are told, what checks go by and
 * what decides when a post is sent. Over the API, with real servers of either kind.
 */
const publicUrl = "http://127.0.0.1:3000";
const dayMs = 86_400_000;
const clock = movableClock();
const journal = z.object({ posts: z.array(z.object({ text: z.string() })) });

type Server = Awaited<ReturnType<typeof startMastodon>>;
type ChannelBody = BodyOf<"getChannel">;
type Check = {
  parts: { length: number; limit: number }[];
  problems: { path: string; code: string; message: string; severity: string }[];
};

const loopback = { host: "127.0.0.1", port: 0, publicUrl: null };

const test = base
  .extend("large", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = { maxCharacters: 5_000, maxFiles: 16, descriptionLimit: 3_000 };
    const large = await startMastodon({ ...loopback, server });
    onCleanup(() => large.close());
    return large;
  })
  .extend("small", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = { maxCharacters: 280, maxFiles: 1, descriptionLimit: 420, imageSizeLimit: 2_000_000 };
    const small = await startMastodon({ ...loopback, server });
    onCleanup(() => small.close());
    return small;
  })
  .extend("directory", { scope: "file" }, async ({}, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), "galley-limits-"));
    onCleanup(() => rm(directory, { recursive: true }));
    return directory;
  })
  .extend("app", { scope: "file" }, async ({ large, small, directory }, { onCleanup }) => {
    const app = await testApp({
      clock,
      serves: ["channels", "desk", "agent"],
      services: {
        http: createHttpClient({ allowOrigins: [large.url, small.url] }),
        files: createFiles({ directory }),
        publicUrl,
      },
    });
    onCleanup(() => app.close());
    return app;
  })
  .extend("channels", { scope: "file" }, ({ app }) => app.features.channels)
  .extend("deliveries", { scope: "file" }, ({ app }) => app.features.deliveries)
  .extend("agent", { scope: "file" }, ({ app }) => app.features.agent)
  .extend("ada", { scope: "file" }, ({ app }) => app.owner())
  .extend(
    "channelOf",
    ({ ada }) =>
      async (id: string): Promise<ChannelBody> =>
        (await ada.call("getChannel", { params: { id } })).body,
  )
  .extend(
    "connect",
    ({ ada, channelOf }) =>
      async (server: Server, username: string): Promise<ChannelBody> => {
        const form = { server: server.url };
        const asked = await ada.call("authorizeChannel", { body: { connector: "mastodon", form } });
        const back = await agree(asked.body.authorizeUrl, publicUrl, { username });
        return channelOf((await comeBack(ada, back)).body.id);
      },
  )
  .extend(
    "check",
    ({ ada }) =>
      async (channelId: string, text: string, more: object = {}): Promise<Check | undefined> => {
        const variants = [{ channelId, content: contentOf(text, more) }];
        const { body } = await ada.call("checkPost", { body: { variants } });
        return body.variants[0];
      },
  )
  /** Written, submitted and approved; ready to be published. */
  .extend("approved", ({ ada }) => async (channelId: string, text: string): Promise<string> => {
    const variants = [{ channelId, content: contentOf(text) }];
    const { id } = (await ada.call("createPost", { body: { title: "Long", variants } })).body;
    expect((await ada.call("submitPost", { params: { id } })).status).toBe(200);
    const { boundHash } = (await ada.call("getPost", { params: { id } })).body;
    expect((await ada.call("approvePost", { params: { id }, body: { boundHash, note: "" } })).status).toBe(
      200,
    );
    return id;
  })
  .extend("publish", ({ app, deliveries, ada }) => async (id: string) => {
    expect((await ada.call("publishPost", { params: { id } })).status).toBe(200);
    await letUndoPass(app.url);
    const view = async () => (await deliveries.forPost(ada.workspaceId, id))[0];
    await sweepUntil(deliveries, async () => ["confirmed", "rejected"].includes((await view())?.state ?? ""));
    return view();
  })
  .extend("maintenance", ({ channels }) => async (): Promise<void> => {
    const sweep = channels.sweeps.find(({ name }) => name === "channels.limits");
    await sweep?.run(new AbortController().signal);
  });

async function change(server: Server, switches: object): Promise<void> {
  const request = { method: "PUT", body: JSON.stringify(switches) };
  expect((await fetch(`${server.url}/control/mastodon`, request)).status).toBe(200);
}

function contentOf(text: string, more: object = {}) {
  return { parts: [text], link: null, media: [], firstComment: null, options: {}, ...more };
}

function attached(...ids: string[]) {
  return { media: ids.map((mediaId) => ({ mediaId, altText: "Dots" })) };
}

test("where a server takes 5,000 characters, 3,000 are written, approved and published", async ({
  large,
  connect,
  check,
  approved,
  publish,
}) => {
  const { id, limits } = await connect(large, "ada");
  expect(limits).toMatchObject({ textLength: 5_000, maxMedia: 16, altTextLength: 3_000 });
  const text = `${randomUUID()} ${"word ".repeat(600)}`.trim();
  expect(text.length).toBeGreaterThan(3_000);
  const told = await check(id, text);
  expect(told).toMatchObject({ parts: [{ length: text.length, limit: 5_000 }], problems: [] });
  expect(await publish(await approved(id, text))).toMatchObject({ state: "confirmed" });
  const { posts } = journal.parse(await (await fetch(`${large.url}/control/journal`)).json());
  expect(posts.filter((post) => post.text === text)).toHaveLength(1);
});

test("where it takes 280, 400 are refused while they are typed, in words that name the server and its limit", async ({
  large,
  small,
  ada,
  connect,
  check,
}) => {
  const { id, limits } = await connect(small, "ada");
  expect(limits).toMatchObject({
    textLength: 280,
    maxMedia: 1,
    altTextLength: 420,
    maxMediaBytes: 1_999_999,
  });
  const told = await check(id, "x".repeat(400));
  expect(told?.parts).toMatchObject([{ length: 400, limit: 280 }]);
  expect(told?.problems).toMatchObject([{ path: "/parts/0", code: "content.too_long", severity: "error" }]);
  const host = new URL(small.url).host;
  expect(told?.problems[0]?.message).toBe(
    `This part is too long for ${host}: 120 too many of 280 characters.`,
  );
  const variants = [{ channelId: id, content: contentOf("x".repeat(400)) }];
  const made = await ada.call("createPost", { body: { title: "Short", variants } });
  expect((await ada.call("submitPost", { params: { id: made.body.id } })).status).toBe(422);
  // Both accounts are on one platform, and each goes by its own server.
  expect((await check((await connect(large, "ben")).id, "x".repeat(400)))?.problems).toEqual([]);
});

test("the counters and checks of files go by the server too", async ({ small, app, ada, connect, check }) => {
  const { id } = await connect(small, "cleo");
  const noise = { width: 1_200, height: 1_200, channels: 3 as const, noise: { type: "gaussian" as const } };
  const bytes = await sharp({ create: { ...noise, background: "#000" } })
    .png()
    .toBuffer();
  const image = (await uploadFile(app.app, { bytes, person: ada })).body;
  expect(image.bytes).toBeGreaterThan(2_000_000);
  const media = [{ mediaId: image.id, altText: "x".repeat(421) }];
  const told = await check(id, "Look", { media: [...media, ...media] });
  expect(told?.problems.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      "content.too_many_media",
      "content.media_too_large",
      "content.alt_text_too_long",
    ]),
  );
});

test("a GIF beside an image is refused while typing", async ({ large, app, ada, connect, check }) => {
  const { id } = await connect(large, "dora");
  const dot = { create: { width: 2, height: 2, channels: 3 as const, background: "#b45309" } };
  const gif = await uploadFile(app.app, {
    bytes: await sharp(dot).gif().toBuffer(),
    person: ada,
    name: "a.gif",
  });
  const image = await uploadFile(app.app, { bytes: await sharp(dot).png().toBuffer(), person: ada });
  expect((await check(id, "Alone", attached(gif.body.id)))?.problems).toEqual([]);
  const mixed = await check(id, "Mixed", attached(gif.body.id, image.body.id));
  expect(mixed?.problems).toMatchObject([{ path: "/media", code: "content.media_mixed" }]);
});

test("a check of the channel and connecting it again read the limits too", async ({
  small,
  ada,
  connect,
  channelOf,
}) => {
  const { id } = await connect(small, "finn");
  await change(small, { maxCharacters: 300 });
  expect((await ada.call("checkChannel", { params: { id } })).status).toBe(200);
  expect((await channelOf(id)).limits?.textLength).toBe(300);
  await change(small, { maxCharacters: 320 });
  expect(await connect(small, "finn")).toMatchObject({ id, limits: { textLength: 320 } });
  await change(small, { instanceApi: 0 });
  expect(await connect(small, "finn")).toMatchObject({ id, limits: { textLength: 320 } });
  await change(small, { instanceApi: 2, maxCharacters: 280 });
});

test("what a server takes no more is refused before anything is sent, and its limit is known from then on", async ({
  large,
  connect,
  channelOf,
  check,
  approved,
  publish,
}) => {
  const { id } = await connect(large, "gwen");
  const text = `${randomUUID()} ${"y".repeat(2_000)}`;
  const postId = await approved(id, text);
  await change(large, { maxCharacters: 1_500 });
  const told = await publish(postId);
  expect(told).toMatchObject({ state: "rejected", error: { code: "mastodon.server_limit" } });
  expect(told?.error?.message).toContain("of 1500 characters");
  expect((await channelOf(id)).limits?.textLength).toBe(1_500);
  const next = await check(id, "z".repeat(2_000));
  expect(next?.problems).toMatchObject([{ code: "content.too_long" }]);
  await change(large, { maxCharacters: 5_000 });
});

test("drafts are as long as the server of their channel lets them be", async ({
  large,
  small,
  agent,
  ada,
  connect,
}) => {
  const text = await readFile(new URL("../fixtures/articles/shade.md", import.meta.url), "utf8");
  const lengths: number[] = [];
  for (const { id } of [await connect(small, "hugo"), await connect(large, "ines")]) {
    const source = { kind: "markdown", text };
    const run = await ada.call("createDrafts", { body: { source, channelIds: [id] } });
    const work = { workspaceId: ada.workspaceId, runId: run.body.id };
    await agent.tasks["agent.run"]?.(work, { signal: new AbortController().signal });
    const { postId } = (await ada.call("getRun", { params: { id: run.body.id } })).body;
    const post = await ada.call("getPost", { params: { id: postId } });
    expect(post.body.checks[0]?.problems).toEqual([]);
    lengths.push(post.body.checks[0]?.parts[0]?.length ?? 0);
  }
  const [short = 0, long = 0] = lengths;
  expect(short).toBeLessThanOrEqual(280);
  expect(long).toBeGreaterThan(500);
});

// The last one: it moves the clock away from the database's.
test("a server that lowers its limit is noticed by maintenance within a day, and then by checks", async ({
  large,
  connect,
  channelOf,
  check,
  maintenance,
}) => {
  const { id } = await connect(large, "emma");
  const text = "x".repeat(3_000);
  await change(large, { maxCharacters: 1_000 });
  await maintenance();
  // It was read today.
  expect((await check(id, text))?.problems).toEqual([]);
  clock.move(dayMs + 1);
  await maintenance();
  expect((await channelOf(id)).limits?.textLength).toBe(1_000);
  expect((await check(id, text))?.problems).toMatchObject([{ code: "content.too_long" }]);
  // A server that says nothing leaves what is known.
  await change(large, { maxCharacters: 5_000, instanceApi: 0 });
  clock.move(dayMs + 1);
  await maintenance();
  expect((await channelOf(id)).limits?.textLength).toBe(1_000);
  await change(large, { instanceApi: 2 });
  await maintenance();
  expect((await channelOf(id)).limits?.textLength).toBe(5_000);
});
