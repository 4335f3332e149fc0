import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { everyPlatform, type RunningPlatform } from "#emulator";
import { type GalleyProcess, startGalleyProcess } from "../support/galley.ts";
import { agree } from "./consent.ts";

/**
 * The main job on every platform at once, through the API alone: connect each as a person does, write one post with a
 * variant for each, have it approved, publish it, and read every platform's journal.
 */
const host = "127.0.0.1";

const journal = z.object({ posts: z.array(z.object({ text: z.string(), altTexts: z.array(z.string()) })) });
const feed = z.object({ items: z.array(z.object({ content_html: z.string() })) });
const withId = z.object({ id: z.uuid() });
const postSchema = z.object({ id: z.uuid(), status: z.string(), boundHash: z.string() });

let directory = "";
let platforms: [id: string, platform: RunningPlatform][] = [];
let galley: GalleyProcess;
let bearer = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-every-"));
  platforms = await Promise.all(
    Object.entries(everyPlatform).map(async ([id, start]): Promise<[string, RunningPlatform]> => [
      id,
      await start({ host, port: 0 }),
    ]),
  );
  galley = await startGalleyProcess({
    dataDir: directory,
    environment: {
      LOG_LEVEL: "error",
      EGRESS_ALLOW_ORIGINS: platforms.map(([, { url }]) => new URL(url).origin).join(","),
      CONNECTORS: JSON.stringify(Object.fromEntries(platforms.map(([id, { settings }]) => [id, settings]))),
    },
  });
  const owner = { name: "Ada", email: "ada@example.test", password: "seven quiet herons wade" };
  const workspace = { workspaceName: "Every platform", timeZone: "UTC", transport: "bearer" };
  const answer = await fetch(`${galley.url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...owner, ...workspace }),
  });
  bearer = answer.headers.get("set-auth-token") ?? "";
});
afterAll(async () => {
  await galley.end("SIGTERM");
  await Promise.all(platforms.map(([, platform]) => platform.close()));
  await rm(directory, { recursive: true, force: true });
});

async function call<Schema extends z.ZodType>(
  schema: Schema,
  method: string,
  path: string,
  body?: object,
): Promise<z.output<Schema>> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${galley.url}/api/v1${path}`, {
    method,
    headers: {
      accept: "application/json",
      authorization: `Bearer ${bearer}`,
      "idempotency-key": randomUUID(),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

/** By the platform's consent page, and the first account that can be picked where there are several. */
async function connect(connector: string): Promise<string> {
  const { form = {}, byForm = false } = platforms.find(([id]) => id === connector)?.[1] ?? {};
  if (byForm) return (await call(withId, "POST", "/channels", { connector, form })).id;
  const asked = { connector, interactive: true, returnTo: null, form };
  const { authorizeUrl } = await call(
    z.object({ authorizeUrl: z.url() }),
    "POST",
    "/channels/authorize",
    asked,
  );
  const back = await agree(authorizeUrl, galley.url);
  const opened = await call(
    z.object({
      id: z.uuid(),
      accounts: z.array(z.object({ accountId: z.string(), problem: z.string().nullable() })).optional(),
    }),
    "GET",
    `${back.pathname.replace("/api/v1", "")}${back.search}`,
  );
  if (!opened.accounts) return opened.id;
  const usable = opened.accounts.find(({ problem }) => problem === null);
  const accountIds = [usable?.accountId];
  const picked = await call(z.object({ items: z.array(withId) }), "POST", `/channels/pending/${opened.id}`, {
    accountIds,
  });
  return picked.items[0]?.id ?? "";
}

async function upload(altText: string): Promise<string> {
  const image = await sharp({ create: { width: 600, height: 600, channels: 3, background: "#b45309" } })
    .jpeg()
    .toBuffer();
  const form = new FormData();
  form.set("altText", altText);
  form.set("file", new Blob([new Uint8Array(image)], { type: "image/jpeg" }), "amber.jpg");
  return (await call(withId, "POST", "/media", form)).id;
}

async function until(id: string, statuses: string[]): Promise<string> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await pause(200)) {
    const { status } = await call(postSchema, "GET", `/posts/${id}`);
    if (statuses.includes(status)) return status;
  }
  return "still on its way";
}

it(
  "takes one approved post to every platform, once, and one that nobody approved to none",
  { timeout: 120_000 },
  async () => {
    const channels = new Map<string, string>();
    for (const id of ["sandbox", ...Object.keys(everyPlatform)]) channels.set(id, await connect(id));
    const press = { title: "The Press", slug: "press" };
    const site = await call(withId, "POST", "/channels", { connector: "site", form: press });
    channels.set("site", site.id);

    const text = `One post for all of them, ${randomUUID()}.`;
    const altText = "A square of amber";
    const mediaId = await upload(altText);
    const variants = [...channels.values()].map((channelId) => ({
      channelId,
      content: {
        parts: [text],
        media: [{ mediaId, altText }],
        ...(channelId === site.id ? { options: { title: "For all" } } : {}),
      },
    }));
    const { id } = await call(postSchema, "POST", "/posts", { title: "For all", variants });
    const unapproved = `Nobody approved this, ${randomUUID()}.`;
    const decoy = await call(postSchema, "POST", "/posts", {
      title: "Never",
      variants: variants.map((variant) => ({
        ...variant,
        content: { ...variant.content, parts: [unapproved] },
      })),
    });
    for (const waiting of [id, decoy.id]) await call(postSchema, "POST", `/posts/${waiting}/submit`);
    const { boundHash } = await call(postSchema, "GET", `/posts/${id}`);
    await call(postSchema, "POST", `/posts/${id}/approve`, { boundHash, note: "" });
    await call(postSchema, "POST", `/posts/${id}/publish`);

    expect(await until(id, ["published", "partly", "failed"])).toBe("published");
    for (const [name, platform] of platforms) {
      const { posts } = journal.parse(await (await fetch(`${platform.url}/control/journal`)).json());
      const seen = posts.filter((post) => post.text.includes(text));
      const altTexts = platform.describes === false ? [] : [altText];
      expect({ name, seen }).toEqual({ name, seen: [expect.objectContaining({ altTexts })] });
      expect(posts.some((post) => post.text.includes(unapproved))).toBe(false);
    }
    const { items } = feed.parse(await (await fetch(`${galley.url}/site/press/feed.json`)).json());
    expect(items.map((item) => item.content_html.split(text).length - 1)).toEqual([1]);
  },
);
