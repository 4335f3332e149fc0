import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "#kit";
import { auditSubscriber } from "#platform/audit";
import { createEvents, type Events } from "#platform/events";
import { createAnnouncements } from "#platform/live";
import { createLogger } from "#platform/telemetry";
import { type TestApp, testApp, type TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { requestOf } from "../../../test/support/calls.ts";
import { asOwner, testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { createFeed } from "./feed.ts";
import { liveRoutes } from "./live.routes.ts";

// Two servers on one database, a worker beside them, and pages that follow a workspace by a real connection.

type Message = { id: number | null; event: string; data: string };
type Page = { messages: Message[]; status: number; ended: Promise<void>; close: () => void };

const log = createLogger({ logLevel: "silent" });
let server: TestDatabase;
let apps: TestApp[] = [];
let worker: Events;
let owner: TestPerson;
let channelId: string;
const pages: Page[] = [];

async function startApp(): Promise<TestApp> {
  const { database, url } = server;
  const announcements = createAnnouncements({ database, databaseUrl: url, redisUrl: null, log });
  const app = await testApp({
    serves: ["desk"],
    through: { ...server, close: () => announcements.close() },
    // One key, so that a session of one server counts on the other.
    services: { announcements, key },
    register: (api, { identity }) =>
      liveRoutes(api, {
        feed: createFeed({ database, announcements, log }),
        identity,
        everyMs: { heartbeat: 300, recheck: 300 },
      }),
  });
  await app.app.listen({ host: "127.0.0.1", port: 0 });
  return app;
}

const key = Buffer.alloc(32, 7);

beforeAll(async () => {
  server = await testDatabase();
  apps = [await startApp(), await startApp()];
  const { jobs, announcements } = first().features;
  worker = createEvents({
    database: server.database,
    jobs,
    log,
    keepMs: 86_400_000,
    subscribers: [auditSubscriber],
    announce: (workspaceIds) => announcements.announce(workspaceIds),
  });
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await server.close();
});
beforeEach(async () => {
  owner = await first().owner();
  channelId = (await buildChannel(server.database, owner.workspaceId)).id;
  await handOut();
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});

function first(): TestApp {
  const [app] = apps;
  if (!app) throw new TypeError("no server was started");
  return app;
}

/** What a worker does within a moment of an append. */
function handOut(): Promise<void> {
  return worker.catchUp(new AbortController().signal);
}

async function follow(
  person: TestPerson,
  headers: Record<string, string> = {},
  app = first(),
): Promise<Page> {
  const { port } = app.app.server.address() as { port: number };
  const stop = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}${requestOf("followEvents").url}`, {
    headers: { authorization: `Bearer ${person.bearer}`, "galley-workspace": person.workspaceId, ...headers },
    signal: stop.signal,
  });
  const page: Page = {
    messages: [],
    status: answer.status,
    ended: read(answer, (message) => page.messages.push(message)).catch(() => undefined),
    close: () => stop.abort(),
  };
  pages.push(page);
  return page;
}

async function read(answer: Response, onMessage: (message: Message) => void): Promise<void> {
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const id = field("id");
      onMessage({
        id: id === undefined ? null : Number(id),
        event: field("event") ?? "comment",
        data: field("data") ?? "",
      });
    }
  }
}

/** Without heartbeats. */
function said(page: Page): string[] {
  return page.messages.filter(({ event }) => event !== "comment").map(({ event }) => event);
}

async function write(title: string): Promise<string> {
  const variants = [{ channelId, content: { parts: ["The galley is ready."] } }];
  const { body } = await owner.call("createPost", { body: { title, variants } });
  return body.id;
}

test("what happens on one server the pages of another hear within a second, by id and without a word of it", async () => {
  const [here, there] = [await follow(owner), await follow(owner, {}, apps[1])];
  await expect.poll(() => said(here)).toEqual(["open"]);
  const id = await write("A secret plan");
  await handOut();
  const within = { timeout: 1_000 };
  await expect.poll(() => said(there), within).toEqual(["open", "post.created"]);
  await expect.poll(() => said(here), within).toEqual(["open", "post.created"]);
  const [, created] = there.messages.filter(({ event }) => event !== "comment");
  expect(JSON.parse(created?.data ?? "")).toEqual({ target: { kind: "post", id } });
  expect(JSON.stringify(there.messages)).not.toContain("secret");
});

test("who comes back gets what was missed, in order and once", async () => {
  const page = await follow(owner);
  await expect.poll(() => said(page)).toEqual(["open"]);
  const seen = page.messages[0]?.id ?? 0;
  page.close();
  for (let number = 0; number < 3; number += 1) await write(`Post ${number}`);
  await handOut();
  const again = await follow(owner, { "last-event-id": String(seen) }, apps[1]);
  await expect.poll(() => said(again)).toEqual(["open", "post.created", "post.created", "post.created"]);
  expect(again.messages.map(({ id }) => id).filter((id) => id !== null)).toEqual([
    seen,
    seen + 1,
    seen + 2,
    seen + 3,
  ]);
  await write("One more");
  await handOut();
  await expect.poll(() => again.messages.filter(({ id }) => id === seen + 4)).toHaveLength(1);
});

test("who asks for more than is kept, or comes from a later time, is told to read everything anew", async () => {
  for (let number = 0; number < 3; number += 1) await write(`Post ${number}`);
  await handOut();
  await asOwner(server.url, "delete from events where workspace_id = $1 and sequence < 3", [
    owner.workspaceId,
  ]);
  expect(said(await follow(owner, { "last-event-id": "999" }))).toEqual([]);
  const [late, early] = [
    await follow(owner, { "last-event-id": "999" }),
    await follow(owner, { "last-event-id": "0" }),
  ];
  await expect.poll(() => said(late)).toEqual(["reset"]);
  await expect.poll(() => said(early)).toEqual(["reset"]);
});

test("nobody hears of another workspace, and a role hears what it may see", async () => {
  const stranger = await first().owner();
  const viewer = await first().member(owner, "viewer");
  await handOut();
  const [abroad, watching, managing] = [await follow(stranger), await follow(viewer), await follow(owner)];
  await expect.poll(() => [abroad, watching, managing].map(said)).toEqual([["open"], ["open"], ["open"]]);
  await owner.call("invite", { body: { email: `${newId()}@example.test`, role: "viewer" } });
  await write("For all to see");
  await owner.call("addQueueSlot", { body: { channelId, weekday: 1, time: "09:00" } });
  await handOut();
  const forAll = ["post.created", "queue.slot_added"];
  await expect.poll(() => said(managing)).toEqual(["open", "member.invited", ...forAll]);
  await expect.poll(() => said(watching)).toEqual(["open", ...forAll]);
  expect(said(abroad)).toEqual(["open"]);
  expect((await follow(stranger, { "galley-workspace": owner.workspaceId })).status).toBe(404);
});

describe("a page", () => {
  test("is told now and then that the line is still there", async () => {
    const page = await follow(owner);
    await expect
      .poll(() => page.messages.filter(({ event }) => event === "comment").length)
      .toBeGreaterThan(1);
  });

  test("is cut off when its session ends or its person loses the role", async () => {
    const leaver = await first().member(owner, "editor");
    const page = await follow(leaver);
    await expect.poll(() => said(page)).toEqual(["open"]);
    const members = server.database.system.updateTable("members").set({ role: "viewer" });
    await members.where("user_id", "=", leaver.userId).execute();
    await page.ended;
    const back = await follow(leaver);
    await expect.poll(() => said(back)).toEqual(["open"]);
    await leaver.call("signOut");
    await back.ended;
    expect((await follow(leaver)).status).toBe(401);
  });

  test("is one of so many of its session", async () => {
    const many = await Promise.all(Array.from({ length: 21 }, () => follow(owner)));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(many.filter(({ status }) => status === 429)).toHaveLength(1);
    many[0]?.close();
    await expect.poll(async () => (await follow(owner)).status).toBe(200);
  });
});

test("a server that stops ends its lines at once", async () => {
  const app = await startApp();
  const page = await follow(owner, {}, app);
  await expect.poll(() => said(page)).toEqual(["open"]);
  await app.close();
  await page.ended;
});
