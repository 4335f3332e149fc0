import type { Browser, BrowserContext, Page, Request } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addressOf, type Operation } from "#contract";
import { launch, noBrowser } from "./chromium.ts";
import { call, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

// Two processes on one database, each with a browser of its own.

const second = 1_000;
/** "Within a second", on a machine that does other work beside. */
const atOnce = 3 * second;

function isOf(request: Request, operation: Operation): boolean {
  return new URL(request.url()).pathname === addressOf(operation).path;
}

function count(page: Page, operation: Operation): () => number {
  let seen = 0;
  page.on("request", (request) => {
    if (isOf(request, operation)) seen += 1;
  });
  return () => seen;
}

describe.skipIf(noBrowser !== null)("what others do", () => {
  let server: RunningServer;
  let beside: { url: string; close: () => Promise<void> };
  let browser: Browser;
  let here: Page;
  let there: BrowserContext;
  let sandbox: string;

  beforeAll(async () => {
    server = await startServer({ REQUESTS_PER_MINUTE: "1000000" });
    beside = await server.startBeside();
    browser = await launch();
    here = await browser.newPage({ reducedMotion: "reduce" });
    ({ sandbox } = await seedWorkspace(here, server.url));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await beside?.close();
    await server?.close();
  });

  beforeEach(async () => {
    there = await browser.newContext({
      reducedMotion: "reduce",
      storageState: await here.context().storageState(),
    });
    return () => there.close();
  });

  async function write(title: string): Promise<string> {
    const variants = [{ channelId: sandbox, content: { parts: [title] } }];
    return (await call(here, "createPost", { body: { title, variants } })).id;
  }
  async function submit(title: string): Promise<string> {
    const id = await write(title);
    await call(here, "submitPost", { params: { id } });
    return id;
  }

  /** Opens a screen of the second process, and waits until it hears what happens, or would. */
  async function open(path: string, { isFollowing = true } = {}): Promise<Page> {
    const page = await there.newPage();
    await page.clock.install();
    const stream = isFollowing
      ? page.waitForResponse((answer) => isOf(answer.request(), "followEvents"))
      : null;
    await page.goto(beside.url + path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await stream;
    // What is asked anew when it begins.
    await page.waitForTimeout(second);
    return page;
  }

  test("appears within a second, on a page of another process that asks for nothing by itself", async () => {
    const page = await open("/needs-you");
    const asked = count(page, "listAttention");
    await page.clock.fastForward(40 * second);
    await page.waitForTimeout(second / 2);
    expect(asked()).toBe(0);
    await submit("Seen at once");
    await page.getByRole("link", { name: "Seen at once", exact: true }).waitFor({ timeout: atOnce });
  });

  test("is what the server says that waits: the screen and its number hold the same", async () => {
    await submit("One that waits");
    const page = await open("/needs-you");
    const { count: waiting, items } = await call(page, "listAttention", { query: { limit: 100 } });
    const shown = page.getByRole("list", { name: "What needs you" }).getByRole("listitem");
    await expect.poll(() => shown.count()).toBe(items.length);
    expect(await shown.getByRole("link", { name: items[0]?.title ?? "", exact: true }).count()).toBe(1);
    const place = page
      .getByRole("navigation")
      .first()
      .getByRole("link", { name: /^Needs you/u });
    await expect.poll(() => place.textContent()).toContain(`${waiting}`);
    await call(here, "withdrawPost", {
      params: { id: items.find(({ title }) => title === "One that waits")?.id ?? "" },
    });
    await expect.poll(() => shown.count(), { timeout: atOnce }).toBe(items.length - 1);
    await expect.poll(() => place.textContent(), { timeout: atOnce }).toContain(`${waiting - 1}`);
  });

  test("is asked for from time to time where nothing is heard", async () => {
    await there.route(`**${addressOf("followEvents").path}`, (route) => route.abort());
    const page = await open("/needs-you", { isFollowing: false });
    await submit("Seen a little later");
    await page.waitForTimeout(second);
    expect(await page.getByRole("link", { name: "Seen a little later", exact: true }).count()).toBe(0);
    await page.clock.fastForward(16 * second);
    await page.getByRole("link", { name: "Seen a little later", exact: true }).waitFor({ timeout: atOnce });
  });

  test("takes nothing away from who is writing", async () => {
    const id = await write("Written by two");
    const page = await open(`/posts/${id}/edit`);
    const text = page.getByRole("textbox", { name: /text/iu }).first();
    await text.fill("What I am about to say");
    const wall = `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)}T09:00`;
    await call(here, "schedulePost", { params: { id }, body: { wall, zone: "Europe/Berlin" } });
    await text.press("End");
    await page.keyboard.insertText(", and more");
    await page.waitForTimeout(second / 2);
    expect(await text.inputValue()).toBe("What I am about to say, and more");
    await expect
      .poll(async () => (await call(here, "getPost", { params: { id } })).variants[0]?.content.parts[0], {
        timeout: 10 * second,
      })
      .toBe("What I am about to say, and more");
  });

  test(
    "is heard once for seven tabs, and still when the one that hears it is closed",
    { timeout: 60_000 },
    async () => {
      let streams = 0;
      there.on("request", (request) => {
        if (isOf(request, "followEvents")) streams += 1;
      });
      const tabs: Page[] = [];
      for (let number = 0; number < 7; number += 1) {
        const tab = await there.newPage();
        await tab.goto(`${beside.url}/needs-you`);
        await tab.getByRole("heading", { name: "Needs you" }).waitFor();
        tabs.push(tab);
      }
      await expect.poll(() => streams).toBe(1);
      await here.waitForTimeout(second);
      await submit("For all seven");
      await Promise.all(
        tabs.map((tab) =>
          tab.getByRole("link", { name: "For all seven", exact: true }).waitFor({ timeout: 2 * atOnce }),
        ),
      );
      expect(streams).toBe(1);
      await tabs.shift()?.close();
      await expect.poll(() => streams).toBe(2);
      await submit("For the six");
      await Promise.all(
        tabs.map((tab) =>
          tab.getByRole("link", { name: "For the six", exact: true }).waitFor({ timeout: 2 * atOnce }),
        ),
      );
    },
  );

  test("comes after all where the server was away meanwhile", { timeout: 60_000 }, async () => {
    const page = await open("/needs-you");
    const { port } = new URL(beside.url);
    await beside.close();
    await submit("While it was away");
    beside = await server.startBeside({ PORT: port });
    await page
      .getByRole("link", { name: "While it was away", exact: true })
      .waitFor({ timeout: 30 * second });
  });

  // Last: both browsers share the session.
  test("is heard no more by who has signed out", async () => {
    const page = await open("/");
    const ended = page.waitForEvent("requestfailed", (request) => isOf(request, "followEvents"));
    await page.getByRole("button", { name: "Ada Lovelace" }).first().click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("Sign in to Galley").waitFor();
    await ended;
  });
});
