import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningPlatform } from "#emulator";
import { launch, noBrowser } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { startPlatform } from "./platforms.ts";
import { call, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("the preview of a post on X", () => {
  let x: RunningPlatform;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    x = await startPlatform("x");
    server = await startServer({
      CONNECTORS: JSON.stringify({ x: x.settings }),
      EGRESS_ALLOW_ORIGINS: x.url,
    });
    browser = await launch();
    const context = await browser.newContext({
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await seedWorkspace(page, server.url);
    await page.goto(`${server.url}/channels`);
    await page.getByRole("button", { name: "Connect X", exact: true }).click();
    await page.getByLabel("Account", { exact: true }).fill("northwind");
    await page.getByRole("button", { name: "Authorize app" }).click();
    await page.getByText("is connected").first().waitFor();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await x?.close();
  });

  test("colours what X makes a link of, legibly in both themes", { timeout: 120_000 }, async () => {
    const { items } = await call(page, "listChannels");
    const channelId = items.find(({ connector }) => connector === "x")?.id ?? "";
    const text = "By @ada on #letterpress, $TYPE and ada@example.com: https://example.com/#top";
    const variants = [{ channelId, content: { parts: [text] } }];
    const { id } = await call(page, "createPost", { body: { title: "Links", variants } });
    await page.goto(`${server.url}/posts/${id}/edit`);
    const preview = page.getByRole("region", { name: /X/u });
    const plain = preview.getByText("By @ada");
    await plain.waitFor();
    const own = await colourOf(plain);
    const pieces = await plain.locator("span").all();
    expect(await Promise.all(pieces.map((piece) => piece.textContent()))).toEqual([
      "@ada",
      "#letterpress",
      "$TYPE",
      "example.com/#top",
    ]);
    for (const piece of pieces) expect(await colourOf(piece)).not.toBe(own);
    await inspect(page, "x-preview");
  });
});

function colourOf(words: Locator): Promise<string | undefined> {
  return words.evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).color);
}
