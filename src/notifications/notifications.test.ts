import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Actor, newId, systemClock } from "#kit";
import type { Database } from "#platform/db";
import { createEvents } from "#platform/events";
import { createJobs, type RunningWorker, startWorker, type Task } from "#platform/jobs";
import { createMailTransport } from "#platform/mail";
import { createLogger } from "#platform/telemetry";
import { buildMember, buildSecondCopy } from "../../test/support/builders.ts";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { handleEvents } from "../../test/support/events.ts";
import { channelWorld } from "../../test/support/features/channels.ts";
import {
  buildDeliveryFixture,
  type DeliveryFixture,
  type DeliverySandbox,
  orderPost,
  startDeliverySandbox,
  sweepUntil,
  textVariant,
} from "../../test/support/features/delivery.ts";
import { type MailCatcher, startMailCatcher } from "../../test/support/mail-catcher.ts";
import { appendSettled } from "../delivery/model/settled.ts";
import { createNotifications } from "./notifications.ts";

// A delivery that only a person can end, the queue, and a mail server, all real.

const log = createLogger({ logLevel: "silent" });
const jobs = createJobs();
const publicUrl = "https://galley.example.com";

type Caught = { id: string; to: string[]; subject: string };

let server: TestDatabase;
let directory: string;
let catcher: MailCatcher;
let platform: DeliverySandbox;
let fixture: DeliveryFixture;
let owner: Actor;
let worker: RunningWorker | null = null;

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "galley-notices-"));
  catcher = await startCatcher(0);
  platform = await startDeliverySandbox();
  fixture = await buildDeliveryFixture(server.database, platform.connector);
  owner = await buildMember(server.database, fixture.workspaceId, "owner");
});
afterEach(async () => {
  await worker?.stop();
  worker = null;
  await Promise.all([platform.close(), catcher.close()]);
  await rm(directory, { recursive: true });
});

function startCatcher(smtpPort: number): Promise<MailCatcher> {
  return startMailCatcher({ directory, host: "127.0.0.1", smtpPort, httpPort: 0, publicUrl: null });
}

function notificationsOn(database: Database, to = catcher, isMailed = true) {
  const mail = {
    transport: createMailTransport({ allowServers: [`${to.host}:${to.smtpPort}`] }),
    server: { host: to.host, port: to.smtpPort, tls: "none" as const, username: null, password: null },
    from: { name: "Galley", address: "galley@galley.test" },
  };
  return createNotifications({
    database,
    jobs,
    mail: isMailed ? mail : null,
    publicUrl,
    connectorName: (id) => (id === "sandbox" ? "Sandbox" : id),
    clock: systemClock,
    gatherMs: 500,
  });
}

async function work(notifications = notificationsOn(server.database), url = server.url): Promise<void> {
  const { subscribers } = notifications;
  const events = createEvents({ database: server.database, jobs, subscribers, log, keepMs: 86_400_000 });
  const tasks = { ...notifications.tasks, ...events.tasks, "delivery.publish": async () => undefined };
  worker = await startWorker({
    id: newId(),
    databaseUrl: url,
    tasks,
    sweeps: [],
    concurrency: 2,
    log,
    pollMs: 50,
  });
}

/** Deliveries of these posts settle once more, and the notices hear of it. */
async function settled(
  { subscribers }: ReturnType<typeof notificationsOn>,
  { workspaceId, postIds }: { workspaceId: string; postIds: string[] },
): Promise<void> {
  await appendSettled(
    server.database.system,
    postIds.map((postId) => ({ workspaceId, postId })),
  );
  await handleEvents(server.database, subscribers);
}

async function caught(from = catcher): Promise<Caught[]> {
  const answer = await fetch(`${from.url}/api/messages`);
  return ((await answer.json()) as { items: Caught[] }).items;
}

async function read(mail: Caught | undefined) {
  const answer = await fetch(`${catcher.url}/messages/${mail?.id}/raw`);
  return PostalMime.parse(await answer.text());
}

/** Everything that is enqueued has run: nothing more can come. */
async function quiet(): Promise<void> {
  const { database } = server;
  await vi.waitFor(
    async () => {
      const waiting = await database.system
        .selectFrom("notifications")
        .select("id")
        .where("mailed_at", "is", null)
        .execute();
      expect(waiting).toEqual([]);
    },
    { timeout: 20_000, interval: 50 },
  );
}

function mailed(count: number): Promise<void> {
  return vi.waitFor(async () => expect(await caught()).toHaveLength(count), {
    timeout: 20_000,
    interval: 50,
  });
}

/** Posts whose answers were lost on a platform that cannot be read back. */
async function postsInDoubt(titles: string[], authorId: string | null = null): Promise<string[]> {
  const deliveries = platform.deliveries(server.database, {
    speaking: { ...platform.connector, locate: "unsupported" },
  });
  await platform.setFaults([{ kind: "lost_answer", remaining: null }]);
  const postIds: string[] = [];
  for (const title of titles) {
    const { postId } = await orderPost(fixture, deliveries, textVariant(title));
    await server.database.system
      .updateTable("posts")
      .set({ title, created_by: authorId })
      .where("id", "=", postId)
      .execute();
    postIds.push(postId);
  }
  await sweepUntil(deliveries, async () => {
    const asking = await deliveries.inStates(fixture.workspaceId, {
      states: ["needs_human"],
      limit: 10,
      before: null,
    });
    return asking.length === titles.length;
  });
  return postIds;
}

function addressOf(actor: Actor): string {
  return actor.kind === "person" ? actor.email : "";
}

test("owners, admins and the author get one mail each that says what to do; nobody else does", async () => {
  const admin = await buildMember(server.database, fixture.workspaceId, "admin");
  const author = await buildMember(server.database, fixture.workspaceId, "editor");
  for (const role of ["editor", "viewer", "approver"] as const) {
    await buildMember(server.database, fixture.workspaceId, role);
  }
  const elsewhere = await buildDeliveryFixture(server.database, platform.connector);
  await buildMember(server.database, elsewhere.workspaceId, "owner");
  const authorId = author.kind === "person" ? author.userId : null;
  const [postId] = await postsInDoubt(["Harbour\r\nBcc: eve@example.net <b>opens</b>"], authorId);
  await work();
  await mailed(3);
  await quiet();
  const mails = await caught();
  expect(mails.flatMap(({ to }) => to).sort()).toEqual([owner, admin, author].map(addressOf).sort());
  const subject = "Is “Harbour Bcc: eve@example.net <b>opens</b>” live on Sandbox (@daily)?";
  expect(mails.map((mail) => mail.subject)).toEqual([subject, subject, subject]);
  const mail = await read(mails[0]);
  expect(mail.from).toMatchObject({ name: "Galley", address: "galley@galley.test" });
  expect(mail.text).toContain(`${publicUrl}/posts/${postId}`);
  expect(mail.text).toMatch(/answer was lost.*say whether it is live/s);
  expect(mail.html).toContain(`href="${publicUrl}/posts/${postId}"`);
  expect(mail.html).not.toContain("<b>");
});

const readerOf = (actor: Actor) => (actor.kind === "person" ? actor.userId : "");

test("everybody is written to in their own language", async () => {
  const admin = await buildMember(server.database, fixture.workspaceId, "admin");
  const speaks = (actor: Actor, language: { language: string } | { browser_language: string }) =>
    server.database.system.updateTable("users").set(language).where("id", "=", readerOf(actor)).execute();
  await speaks(owner, { language: "de" });
  await speaks(admin, { browser_language: "en" });
  await postsInDoubt(["Herbst"]);
  await work();
  await mailed(2);
  const mails = await caught();
  const to = (actor: Actor) => mails.find((mail) => mail.to.includes(addressOf(actor)));
  expect(to(owner)?.subject).toBe("Ist „Herbst“ auf Sandbox (@daily) live?");
  expect(to(admin)?.subject).toBe("Is “Herbst” live on Sandbox (@daily)?");
  const german = await read(to(owner));
  expect(german.text).toMatch(/Antwort ging verloren.*sagen Sie, ob er live ist/s);
  expect(german.html).toContain('<html lang="de" dir="ltr">');
});

test("a second copy is told with both addresses, once, and is no news once it is settled", async () => {
  const deliveries = platform.deliveries(server.database);
  const { postId, deliveryId } = await orderPost(fixture, deliveries, textVariant("Twice"));
  const view = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0];
  await sweepUntil(deliveries, async () => (await view())?.state === "confirmed");
  const { workspaceId } = fixture;
  const ofDelivery = { workspaceId, deliveryId, channelId: fixture.channelId };
  const acknowledged = await buildSecondCopy(server.database, ofDelivery);
  await settled(notificationsOn(server.database), { workspaceId, postIds: [postId] });
  await deliveries.acknowledgeCopy(owner, acknowledged);
  const open = await buildSecondCopy(server.database, ofDelivery);
  const notifications = notificationsOn(server.database);
  await settled(notifications, { workspaceId, postIds: [postId] });
  const context = { signal: new AbortController().signal };
  for (const task of Object.values(notifications.tasks)) await task({ workspaceId }, context);
  const mails = await caught();
  expect(mails.map(({ subject }) => subject)).toEqual(["“A post” is on Sandbox (@daily) twice"]);
  const { text, html } = await read(mails[0]);
  for (const address of [(await view())?.externalUrl ?? "none", `https://example.com/${open}`]) {
    expect(text).toContain(`\n${address}\n`);
    expect(html).toContain(`<a href="${address}">`);
  }
  expect(text).not.toContain(acknowledged);
});

test("what happens together is one mail, and a job that runs again sends nothing more", async () => {
  const postIds = await postsInDoubt(["One", "Two", "Three"]);
  const notifications = notificationsOn(server.database);
  await work(notifications);
  await mailed(1);
  await quiet();
  const [mail] = await caught();
  expect(mail).toMatchObject({ to: [addressOf(owner)], subject: "3 things need you in The Daily Test" });
  const { text } = await read(mail);
  for (const postId of postIds) expect(text).toContain(`/posts/${postId}`);
  const { workspaceId } = fixture;
  await settled(notifications, { workspaceId, postIds });
  const context = { signal: new AbortController().signal };
  for (const task of Object.values(notifications.tasks)) await task({ workspaceId }, context);
  expect(await caught()).toHaveLength(1);
});

test("a mail server that is down is tried again, and then it is sent once", async () => {
  const { smtpPort } = catcher;
  const notifications = notificationsOn(server.database);
  await catcher.close();
  const postIds = await postsInDoubt(["Storm"]);
  const { workspaceId } = fixture;
  await settled(notifications, { workspaceId, postIds });
  const context = { signal: new AbortController().signal };
  for (const task of Object.values(notifications.tasks)) {
    await expect(task({ workspaceId }, context)).rejects.toMatchObject({
      code: "notifications.not_mailed",
    });
  }
  let failures = 0;
  const tasks = Object.entries(notifications.tasks).map(([name, task]) => {
    const counted: Task = (...run) =>
      task(...run).catch((error: unknown) => {
        failures += 1;
        throw error;
      });
    return [name, counted] as const;
  });
  await work({ ...notifications, tasks: Object.fromEntries(tasks) });
  await vi.waitFor(() => expect(failures).toBeGreaterThan(0), 20_000);
  const waiting = server.database.system
    .selectFrom("notifications")
    .select("mailed_at")
    .where("workspace_id", "=", workspaceId);
  expect(await waiting.execute()).toEqual([{ mailed_at: null }]);
  catcher = await startCatcher(smtpPort);
  await mailed(1);
  await quiet();
  expect(await caught()).toHaveLength(1);
});

test("what a person has settled meanwhile is told to nobody, and without a mail server nothing is kept", async () => {
  const [postId] = await postsInDoubt(["Settled"]);
  const { workspaceId } = fixture;
  await settled(notificationsOn(server.database, catcher, false), {
    workspaceId,
    postIds: [postId ?? ""],
  });
  const rows = () =>
    server.database.system
      .selectFrom("notifications")
      .select("id")
      .where("workspace_id", "=", workspaceId)
      .execute();
  expect(await rows()).toEqual([]);
  const notifications = notificationsOn(server.database);
  await settled(notifications, { workspaceId, postIds: [postId ?? ""] });
  expect(await rows()).toHaveLength(1);
  const deliveries = platform.deliveries(server.database);
  const [delivery] = await deliveries.forPost(workspaceId, postId ?? "");
  await deliveries.resolve(owner, delivery?.id ?? "", {
    outcome: "live",
    url: "https://example.com/posts/1",
  });
  const context = { signal: new AbortController().signal };
  for (const task of Object.values(notifications.tasks)) await task({ workspaceId }, context);
  expect(await rows()).toEqual([]);
  expect(await caught()).toEqual([]);
});

test("access to a channel that ends is mailed to those who can renew it", async () => {
  const world = await channelWorld();
  try {
    const ada = await world.app.owner();
    const id = await world.connectSandbox(ada);
    const { database } = world.app;
    await buildMember(database, ada.workspaceId, "editor");
    const endsAt = new Date(world.clock.now().getTime() + 6 * 86_400_000);
    await database.system.updateTable("channels").set({ ends_at: endsAt }).where("id", "=", id).execute();
    const notifications = notificationsOn(database, world.catcher);
    const context = { signal: new AbortController().signal };
    for (let round = 0; round < 2; round += 1) {
      await world.channels.sweeps.find(({ name }) => name === "channels.warn")?.run(context.signal);
      await handleEvents(database, notifications.subscribers);
      for (const task of Object.values(notifications.tasks)) {
        await task({ workspaceId: ada.workspaceId }, context);
      }
    }
    const mails = await caught(world.catcher);
    const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(endsAt);
    expect(mails).toMatchObject([
      { to: [ada.email], subject: expect.stringContaining(`needs you before ${day}`) },
    ]);
  } finally {
    await world.close();
  }
});
