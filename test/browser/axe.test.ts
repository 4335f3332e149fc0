import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { violations } from "./inspect.ts";
import { seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("every screen has no accessibility violations and fits a phone", () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let screens: { name: string; path: string; ready: string }[] = [];

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext({ timezoneId: "Europe/Berlin", reducedMotion: "reduce" });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${server.url}/setup`);
    await page.getByText("Set up Galley").waitFor();
    expect(await violations(page)).toEqual([]);
    const channels = await seedWorkspace(page, server.url);
    const { review, published } = await seedPosts(page, channels);
    screens = [
      { name: "home", path: "/", ready: "Going out next" },
      { name: "needs you", path: "/needs-you", ready: "What only a person can settle" },
      { name: "approvals", path: `/inbox?post=${review}`, ready: "Request changes" },
      { name: "posts", path: "/posts", ready: "Meet Ines" },
      { name: "post", path: `/posts/${published}`, ready: "Delivery" },
      { name: "composer", path: `/posts/${review}/edit`, ready: "Add part" },
      { name: "month", path: "/calendar", ready: "Today" },
      { name: "week", path: "/calendar?view=week", ready: "Today" },
      { name: "channels", path: "/channels", ready: "Connect a channel" },
      { name: "usage", path: "/usage", ready: "Every call of a model" },
      { name: "workspace", path: "/settings", ready: "Save changes" },
      { name: "site", path: "/settings?tab=site", ready: "Your own site" },
      { name: "members", path: "/settings?tab=members", ready: "Invite somebody" },
      { name: "sessions", path: "/settings?tab=sessions", ready: "This session" },
      { name: "no such page", path: "/nowhere", ready: "There is no such page" },
    ];
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(["light", "dark"] as const)("in %s", { timeout: 180_000 }, async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const { name, path, ready } of screens) {
      await page.goto(server.url + path);
      await page.getByText(ready).first().waitFor();
      expect.soft({ name, found: await violations(page) }).toEqual({ name, found: [] });
    }
    await page.goto(server.url);
    await page.getByText("Going out next").waitFor();
    await page.keyboard.press("c");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("on a phone nothing is wider than the screen", { timeout: 120_000 }, async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const { name, path, ready } of screens) {
      await page.goto(server.url + path);
      await page.getByText(ready).first().waitFor();
      const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect({ name, overflow }).toEqual({ name, overflow: 0 });
    }
  });

  test("an ended session leads to sign-in and back", { timeout: 60_000 }, async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${server.url}/posts`);
    await page.getByText("Meet Ines").waitFor();
    await context.clearCookies();
    await page.getByRole("link", { name: "Calendar" }).click();
    await page.getByText("Sign in to Galley").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel("Email").fill("ada@northwind.example");
    await page.getByLabel("Password", { exact: true }).fill("a compiler is a patient reader");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/calendar`);
  });
});
