import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "#contract";
import { launch, noBrowser, press, type } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { call, publish, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

async function status(address: string | null): Promise<number> {
  return (await fetch(address ?? "")).status;
}

describe.skipIf(noBrowser !== null)("the workspace's own site", () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext({
      locale: "en-GB",
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await seedWorkspace(page, server.url);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test(
    "is named by keyboard, refuses what cannot be, and shows addresses that answer",
    { timeout: 120_000 },
    async () => {
      await page.goto(`${server.url}/settings?tab=site`);
      await page.getByRole("button", { name: "Make the site" }).waitFor();
      expect(await page.getByRole("textbox", { name: "Address" }).inputValue()).toBe("northwind-press");
      expect(await page.getByRole("textbox", { name: "Language" }).inputValue()).toBe("en-GB");
      await page.getByRole("textbox", { name: "Address" }).fill("");
      await type(page, "Address", "No Way");
      await page.keyboard.press("Enter");
      await page.getByText("This is not written in the form").waitFor();
      await page.getByRole("textbox", { name: "Address" }).fill("northwind");
      await page.getByRole("textbox", { name: "Language" }).fill("Klingon!");
      await page.keyboard.press("Enter");
      await page.getByText("Use the tag of a language").waitFor();
      await inspect(page, "site-error");
      await page.getByRole("textbox", { name: "Language" }).fill("pt-br");
      await press(page, "button", "Make the site");
      await page.getByText("Saved", { exact: true }).waitFor();
      expect(await page.getByRole("textbox", { name: "Language" }).inputValue()).toBe("pt-BR");
      await page.getByText("until the channel Site is connected").waitFor();
      await inspect(page, "site");

      const links = page.locator(`main a[href^="${server.url}/site/northwind"]`);
      const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      expect(new Set(addresses).size).toBe(6);
      for (const address of addresses) expect(await status(address)).toBe(200);
      expect(await (await fetch(`${server.url}/site/northwind`)).text()).toContain('<html lang="pt-BR">');
    },
  );

  test("shows what was published, moves, and is switched off", { timeout: 120_000 }, async () => {
    const form = { slug: "northwind", title: "Northwind Press", description: "" };
    const { id } = await call(page, "connectChannel", { body: { connector: "site", form } });
    await publish(page, "Hello", [
      { channelId: id, content: { parts: ["Hello, readers."], options: { title: "Hello" } } },
    ]);
    const feed = `${server.url}/site/northwind/feed.json`;
    await expect
      .poll(async () => (await fetch(feed)).text(), { timeout: 60_000 })
      .toContain("Hello, readers.");
    await page.goto(`${server.url}/settings?tab=site`);
    await page.getByRole("textbox", { name: "Address" }).fill("northwind-daily");
    await page.getByText("the former ones lead nowhere").waitFor();
    const saved = page.waitForResponse((response) => response.request().method() === "PUT");
    await page.route(`**${addressOf("changeSite").path}`, async (route) => {
      await page.waitForTimeout(1_000);
      await route.continue();
    });
    await press(page, "button", "Save changes");
    // What is changed while it is saved stays changed.
    await press(page, "switch", /^Everybody may read it/u);
    await saved;
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.unrouteAll({ behavior: "wait" });
    expect(await status(`${server.url}/site/northwind-daily/hello`)).toBe(200);
    expect(await status(`${server.url}/site/northwind/hello`)).toBe(404);
    await press(page, "button", "Save changes");
    await page.getByText("nobody can read these").waitFor();
    expect(await status(`${server.url}/site/northwind-daily/hello`)).toBe(404);
    expect(await page.getByRole("link", { name: "Open site" }).count()).toBe(0);
  });
});
