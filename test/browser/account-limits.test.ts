import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningPlatform } from "#emulator";
import { launch, noBrowser } from "./chromium.ts";
import { control, startPlatform } from "./platforms.ts";
import { call, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("the composer of a channel whose server has limits of its own", () => {
  let mastodon: RunningPlatform;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mastodon = await startPlatform("mastodon");
    await control(mastodon, "PUT", "mastodon", { maxCharacters: 5_000, maxFiles: 16, descriptionLimit: 777 });
    server = await startServer({ EGRESS_ALLOW_ORIGINS: mastodon.url });
    browser = await launch();
    page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await seedWorkspace(page, server.url);
    await page.goto(`${server.url}/channels`);
    await page.getByRole("button", { name: "Connect Mastodon", exact: true }).click();
    await page.getByLabel("Server", { exact: true }).fill(mastodon.url);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Connect|Continue/u })
      .click();
    await page.getByRole("button", { name: "Authorize" }).click();
    await page.getByText("is connected").first().waitFor();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await mastodon?.close();
  });

  test("counts and offers what that server takes", { timeout: 120_000 }, async () => {
    const { items } = await call(page, "listChannels");
    const channelId = items.find(({ connector }) => connector === "mastodon")?.id ?? "";
    const variants = [{ channelId, content: { parts: ["Room for more"] } }];
    const { id } = await call(page, "createPost", { body: { title: "Long", variants } });
    await page.goto(`${server.url}/posts/${id}/edit`);
    await page.getByText("13 / 5,000").waitFor();
    await page.getByText(/up to 16 images/u).waitFor();
    const dot = { create: { width: 8, height: 8, channels: 3 as const, background: "#b45309" } };
    const buffer = await sharp(dot).png().toBuffer();
    await page.locator("input[type=file]").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer });
    const description = page.locator("textarea[maxlength='777']");
    await description.waitFor();
    await description.fill("A dot");
    expect(await description.inputValue()).toBe("A dot");
  });
});
