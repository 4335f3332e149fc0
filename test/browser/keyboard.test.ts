import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser, press, tabTo, type } from "./chromium.ts";
import { violations } from "./inspect.ts";
import { type RunningServer, startServer } from "./server.ts";

const article = `# The night train to Lisbon is back

After eleven years the sleeper between Hendaye and Lisbon runs again, three times a week.

The first train left on Friday with every berth sold. Tickets open ninety days ahead, and bicycles travel free.

The operator says that the line needs two hundred passengers a night to last. It had three hundred.`;

describe.skipIf(noBrowser !== null)("the main job by keyboard alone", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage({ timezoneId: "Europe/Lisbon", locale: "en-GB" });
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => errors.push(error.message));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test(
    "set up, connect, draft, submit, approve, publish, and see it live once",
    { timeout: 120_000 },
    async () => {
      await page.goto(server.url);
      await page.getByText("Set up Galley").waitFor();
      expect(await violations(page)).toEqual([]);
      await type(page, "Your name", "Grace Hopper");
      await type(page, "Email", "grace@example.com");
      await type(page, /^Password/u, "a compiler is a patient reader");
      await type(page, "Workspace", "Night Trains");
      expect(await page.getByLabel("Time zone").textContent()).toContain("Lisbon (UTC");
      await page.keyboard.press("Enter");

      await press(page, "button", "Connect");
      await press(page, "button", "Allow");
      await page.getByText("is connected").first().waitFor();

      await page.keyboard.press("c");
      await type(page, "Article or notes", article);
      await press(page, "button", "Draft posts");
      await press(page, "link", "Open the draft");

      const text = page.getByLabel(/^Text for/u).first();
      await text.waitFor();
      const written = await text.inputValue();
      expect(written).toContain("Lisbon");
      await tabTo(page, "textbox", /^Text for/u);
      await page.keyboard.press("Control+End");
      await page.keyboard.insertText(" All aboard.");
      await press(page, "button", "Submit for approval");
      await page.getByRole("link", { name: "Review" }).waitFor();

      await page.keyboard.press("g");
      await page.keyboard.press("a");
      await page.getByRole("button", { name: /^Approve/u }).waitFor();
      await page.keyboard.press("a");
      // One key asks, another answers; focus starts on the harmless answer.
      await page.getByRole("alertdialog", { name: /^Approve “/u }).waitFor();
      await press(page, "button", /^Approve/u);
      await page.getByText("All caught up").waitFor();

      await page.keyboard.press("g");
      await page.keyboard.press("p");
      await press(page, "link", /night train/iu);
      await press(page, "button", "Publish now");
      // Focus starts on the harmless answer.
      await tabTo(page, "button", "Publish now");
      await page.keyboard.press("Enter");

      const opened = page.context().waitForEvent("page");
      await press(page, "link", /Open live post/u);
      const live = await opened;
      await live.waitForLoadState();
      const approved = `${written} All aboard.`;
      expect(await live.locator("body").innerText()).toContain("All aboard.");
      await live.goto(`${server.url}/sandbox`);
      const timeline = await live.locator("body").innerText();
      expect(timeline.split("All aboard.")).toHaveLength(2);
      for (const line of approved.split("\n").filter((one) => one.trim() !== ""))
        expect(timeline).toContain(line);
      expect(errors).toEqual([]);
    },
  );
});
