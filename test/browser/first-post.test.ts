import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("the first post, along the guide", { timeout: 240_000 }, () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage({ reducedMotion: "reduce", timezoneId: "UTC", locale: "en-US" });
    page.setDefaultTimeout(30_000);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("each mistake is told by what is asked for, and each step leads to the next", async () => {
    await page.goto(server.url);
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("Email").fill("ada@nowhere");
    await page.getByLabel(/^Password/u).fill("a compiler is a patient reader");
    await page.getByLabel("Workspace").fill("Northwind Press");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await page.getByText("Use a whole mail address, as ada@example.com.").waitFor();
    await page.getByLabel("Email").fill("ada@northwind.example");
    await page.getByRole("button", { name: "Create workspace" }).click();

    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("1 of 5 done").waitFor();

    await page.getByRole("button", { name: "New draft" }).click();
    await page.getByText("Brief", { exact: true }).click();
    await page.getByRole("button", { name: "Draft posts" }).click();
    await page.getByText("Fill this in; it must not be empty.").waitFor();
    await page.getByLabel("What should the post say?").fill("The workshop opens on Friday at six. Soup too.");
    await page.getByRole("button", { name: "Draft posts" }).click();
    await page.getByRole("link", { name: "Open the draft" }).click();
    await page.getByRole("button", { name: "Submit for approval" }).click();
    await page.getByRole("link", { name: "Review" }).click();

    await page.getByRole("button", { name: /^Approve/u }).click();
    const offer = page.getByText("You can take it back for ten seconds", { exact: false });
    await offer.waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText(/^Taken back: “.+” waits for approval again$/u).waitFor();
    // What was taken back is offered no more.
    await expect.poll(() => offer.count(), { timeout: 3_000 }).toBe(0);

    await page.getByRole("button", { name: /^Approve/u }).click();
    await offer.waitFor();
    await page.getByRole("button", { name: "Publish now" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Publish now" }).click();
    await page.getByText("On its way").waitFor();
    await page.getByRole("button", { name: "Open post" }).click();
    await page.waitForURL(/\/posts\/[\w-]+$/u);
    await page.getByRole("link", { name: "Open live post" }).waitFor();
  });
});
