import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser, press } from "./chromium.ts";
import { violations } from "./inspect.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("around an approval", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let channels: { sandbox: string; email: string };
  let review: string;
  let published: string;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    const context = await browser.newContext({ timezoneId: "Europe/Berlin", reducedMotion: "reduce" });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    channels = await seedWorkspace(page, server.url);
    ({ review, published } = await seedPosts(page, channels));
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function waiting(title: string, channelId = channels.sandbox): Promise<string> {
    const variants = [{ channelId, content: { parts: [`${title}, in a text of its own.`] } }];
    const { id } = await call(page, "createPost", { body: { title, variants } });
    await call(page, "submitPost", { params: { id }, body: {} });
    return id;
  }

  function statusOf(id: string, timeout = 20_000) {
    return expect.poll(async () => (await call(page, "getPost", { params: { id } })).status, { timeout });
  }

  async function approve(id: string): Promise<void> {
    await page.goto(`${server.url}/inbox?post=${id}`);
    await page.getByRole("button", { name: /^Approve/u }).click();
  }

  test("the way to publish stands beside what was approved", { timeout: 300_000 }, async () => {
    const weekday = { channelId: channels.sandbox, weekday: 2, time: "09:00", zone: null };
    await call(page, "addQueueSlot", { body: weekday });
    const id = await waiting("On to the press");
    await approve(id);
    await page.getByText("Nothing goes out until it is published").waitFor();
    await page.getByRole("button", { name: "Schedule" }).waitFor();
    await page.getByRole("button", { name: /^Add to queue: /u }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Publish now" }).click();
    const question = page.getByRole("alertdialog", { name: "Publish “On to the press” now?" });
    await question.getByRole("button", { name: "Publish now" }).click();
    await statusOf(id).toBe("published");

    const second = await waiting("Into the queue");
    await approve(second);
    await page.goto(`${server.url}/posts/${second}`);
    await page.getByText("Nothing goes out until it is published").waitFor();
    await page.getByRole("button", { name: /^Add to queue: /u }).click();
    await statusOf(second).toBe("scheduled");
    await page.getByText("It goes out by itself").waitFor();
  });

  test("a post tells who changed it since it was written", { timeout: 60_000 }, async () => {
    const material = { kind: "brief", text: "The workshop opens on Friday at six. Soup and coffee." };
    const run = await call(page, "createDrafts", {
      body: {
        source: material,
        channelIds: [channels.sandbox],
      },
    });
    const postOf = async () => (await call(page, "getRun", { params: { id: run.id } })).postId;
    await expect.poll(postOf, { timeout: 30_000 }).not.toBeNull();
    const id = (await postOf()) ?? "";
    await page.goto(`${server.url}/posts/${id}`);
    await page.getByText("the agent", { exact: true }).waitFor();
    const variants = [{ channelId: channels.sandbox, content: { parts: ["Changed by a person."] } }];
    await call(page, "editPost", { params: { id }, body: { title: "Workshop", variants, baseVersion: 1 } });
    await call(page, "submitPost", { params: { id }, body: {} });
    for (const path of [`/posts/${id}`, `/inbox?post=${id}`, "/posts"]) {
      await page.goto(server.url + path);
      await page
        .getByText(/the agent, changed by Ada Lovelace/u)
        .first()
        .waitFor();
    }
  });

  test(
    "a lost connection is mended from the post and the composer, and leads back",
    { timeout: 120_000 },
    async () => {
      const id = await waiting("Held by its channel");
      for (const path of [`/posts/${id}`, `/posts/${id}/edit`, `/inbox?post=${id}`]) {
        await call(page, "disconnectChannel", { params: { id: channels.sandbox } });
        await page.goto(server.url + path);
        await page
          .getByRole("button", { name: /^Reconnect/u })
          .first()
          .click();
        await page.getByLabel("Account handle").fill("northwind");
        await page.getByRole("button", { name: "Allow" }).click();
        await page.getByText("is connected").first().waitFor();
        await page.waitForURL(server.url + path);
        await expect.poll(() => page.getByRole("button", { name: /^Reconnect/u }).count()).toBe(0);
      }
    },
  );

  test("a post that waits for its account is helped on from the calendar", { timeout: 240_000 }, async () => {
    const id = await waiting("Waits in the calendar");
    const { version, boundHash } = await call(page, "getPost", { params: { id } });
    await call(page, "approvePost", { params: { id }, body: { version, boundHash } });
    // A time is chosen by the minute.
    const wall = new Date(Date.now() + 65_000).toISOString().slice(0, 16);
    await call(page, "schedulePost", { params: { id }, body: { wall, zone: "UTC" } });
    await call(page, "disconnectChannel", { params: { id: channels.sandbox } });
    await statusOf(id, 90_000).toBe("waiting_for_channel");
    const path = `/calendar?view=list&date=${wall.slice(0, 10)}&channel=${channels.sandbox}`;
    await page.goto(`${server.url}/calendar?channel=${channels.email}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByRole("button", { name: /^Reconnect/u }).count()).toBe(0);
    await page.goto(server.url + path);
    await page.getByText("1 post waits for it.").waitFor();
    await page.getByText("Waits in the calendar").first().waitFor();
    expect(await violations(page)).toEqual([]);
    await press(page, "button", /^Reconnect/u);
    await page.getByLabel("Account handle").fill("northwind");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL((url) => url.pathname + url.search === path);
    await page.getByText("is connected").first().waitFor();
    await statusOf(id).toBe("published");
    await expect.poll(() => page.getByRole("button", { name: /^Reconnect/u }).count()).toBe(0);
  });

  test("a viewer has no button that writes, on any screen", { timeout: 400_000 }, async () => {
    await waiting("Not for a viewer");
    const draft = await call(page, "createPost", {
      body: {
        title: "A draft",
        variants: [{ channelId: channels.sandbox, content: { parts: ["Draft."] } }],
      },
    });
    await server.database.system.updateTable("members").set({ role: "viewer" }).execute();
    const refused: string[] = [];
    let where = "";
    page.on("response", (response) => {
      const { method, url } = { method: response.request().method(), url: response.url() };
      if (method !== "GET" && response.status() === 403) refused.push(`${where}: ${method} ${url}`);
    });
    const screens = [
      "/",
      "/needs-you",
      `/inbox?post=${review}`,
      "/posts",
      `/posts/${review}`,
      `/posts/${published}`,
      `/posts/${draft.id}`,
      `/posts/${draft.id}/edit`,
      "/calendar",
      "/queue",
      "/series",
      "/import",
      "/channels",
      "/channels/doctor",
      "/usage",
      "/settings",
      "/settings?tab=site",
      "/settings?tab=members",
    ];
    // Leads away, or concerns the viewer alone.
    const own = /Sign out|End|theme|password|workspace|Skip|Search|Close|shortcut|Export|Template/iu;
    for (const screen of screens) {
      await open(screen);
      // What is around the screens is the same on each.
      const place = screen === "/" ? "button" : "main button";
      const live = page.locator(`${place}:enabled:visible:not([aria-disabled=true])`);
      const names = await live.evaluateAll((found) =>
        found.map((element) => element.getAttribute("aria-label") ?? element.textContent ?? ""),
      );
      for (const [index, name] of names.entries()) {
        if (own.test(name)) continue;
        where = `${screen} ${name}`;
        await live
          .nth(index)
          .click({ timeout: 1_000 })
          .catch(() => undefined);
        await pressWhatOpened(where, refused);
        if (page.url() !== server.url + screen) await open(screen);
      }
    }
    expect(refused).toEqual([]);

    async function open(screen: string): Promise<void> {
      await page.goto(server.url + screen);
      await page.locator("main h1").first().waitFor();
      await page.waitForTimeout(250);
    }

    /** Items of a menu, the answer of a question, and forms that could be sent. */
    async function pressWhatOpened(from: string, found: string[]): Promise<void> {
      const forms = page.locator("[role=dialog] button[type=submit]:enabled");
      const items = page.locator("[role=menuitem]:not([data-disabled])");
      const answers = page.locator("[role=alertdialog] button:enabled");
      await page.waitForTimeout(60);
      if ((await forms.count()) > 0) found.push(`${from}: opens a form`);
      if ((await answers.count()) > 0)
        await answers
          .last()
          .click()
          .catch(() => undefined);
      const names = await items.allTextContents();
      for (const item of names) {
        if (!own.test(item) && !/Open post|Open profile|Settings|Usage|API/u.test(item))
          found.push(`${from}: offers ${item}`);
      }
      await page.keyboard.press("Escape");
    }
  });
});
