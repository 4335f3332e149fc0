import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agree } from "../acceptance/consent.ts";
import { launch, noBrowser } from "./chromium.ts";
import { overflow } from "./inspect.ts";
import { call, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

const accounts = 9;

/** Boxes that are wider than the page's main part, though their content could scroll or wrap. */
const wideParts = `(() => {
  const main = document.querySelector("main").getBoundingClientRect();
  return [...document.querySelectorAll("main section, main aside, main article")]
    .map((part) => part.getBoundingClientRect())
    .filter((box) => box.right > main.right + 1).length;
})()`;

describe.skipIf(noBrowser !== null)("a post for many channels", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let postId = "";

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await seedWorkspace(page, server.url);
    for (let number = 1; number < accounts; number += 1) {
      const asked = { connector: "sandbox", interactive: true, returnTo: "/channels" };
      const { authorizeUrl } = await call(page, "authorizeChannel", { body: asked });
      const named = new URL(authorizeUrl);
      named.searchParams.set("handle", `a_rather_long_handle_${number}`);
      await page.goto((await agree(named.href, server.url)).href);
      await page.getByText(`a_rather_long_handle_${number}`).first().waitFor();
    }
    const { items } = await call(page, "listChannels");
    const variants = items
      .filter(({ connector }) => connector === "sandbox")
      .map(({ id }) => ({ channelId: id, content: { parts: ["For all of them."] } }));
    expect(variants).toHaveLength(accounts);
    postId = (await call(page, "createPost", { body: { title: "For all", variants } })).id;
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each([1280, 390])("fits a window of %i pixels", { timeout: 60_000 }, async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const [path, ready] of [
      [`/posts/${postId}`, "Written by"],
      [`/posts/${postId}/edit`, "Add part"],
    ] as const) {
      await page.goto(`${server.url}${path}`);
      await page.getByText(ready).first().waitFor();
      expect({ path, wide: await page.evaluate<number>(wideParts) }).toEqual({ path, wide: 0 });
      const sideways = await overflow(page);
      expect({ path, sideways }).toEqual({ path, sideways: 0 });
    }
  });

  test("tells on its page that a channel went away, and mends it there", { timeout: 60_000 }, async () => {
    const { items } = await call(page, "listChannels");
    const gone = items.find(({ handle }) => handle === "@a_rather_long_handle_3");
    await call(page, "disconnectChannel", { params: { id: gone?.id ?? "" } });
    await page.goto(`${server.url}/posts/${postId}`);
    await page.getByText("This keeps the post from going out").waitFor();
    const told = page.getByRole("alert").filter({ hasText: "@a_rather_long_handle_3 is disconnected" });
    await told.getByRole("button", { name: "Reconnect the account @a_rather_long_handle_3" }).click();
    await page.getByLabel("Account handle").fill("a_rather_long_handle_3");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(`${server.url}/posts/${postId}`);
    await page.getByText("is connected").first().waitFor();
    await expect.poll(() => told.count()).toBe(0);
  });
});
