import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("what goes wrong stays in the dashboard, and is mended there", () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let channels: { sandbox: string; email: string };

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    // As where browsers keep nothing of a page: plain http, or switched off. The others: offline.test.ts.
    context = await browser.newContext({
      timezoneId: "Europe/Berlin",
      locale: "en-GB",
      serviceWorkers: "block",
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    channels = await seedWorkspace(page, server.url);
    await seedPosts(page, channels);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("a field's error goes when the field is mended, and comes back when it is sent as wrong", async () => {
    await page.goto(`${server.url}/settings`);
    const name = page.getByLabel("Name", { exact: true });
    const error = page.getByText("Fill this in");
    await name.fill("");
    await page.getByRole("button", { name: "Save changes" }).click();
    await error.waitFor();
    await name.pressSequentially("Northwind");
    await expect.poll(() => error.count()).toBe(0);
    expect(await name.getAttribute("aria-invalid")).toBeNull();
    await name.fill("");
    await page.getByRole("button", { name: "Save changes" }).click();
    await error.waitFor();
  }, 60_000);

  test("a zone is found by a city or an offset, and shown by both", async () => {
    await page.goto(`${server.url}/settings`);
    const zone = page.getByLabel("Time zone", { exact: true });
    expect(await zone.textContent()).toMatch(/Berlin \(UTC\+0[12]:00\)/u);
    await zone.click();
    await page.getByPlaceholder("City or offset").fill("kathmandu");
    await page.keyboard.press("Enter");
    await expect.poll(() => zone.textContent()).toBe("Kathmandu (UTC+05:45)");
    await zone.click();
    await page.getByPlaceholder("City or offset").fill("+05:45");
    await page.getByRole("option", { name: /Kathmandu/u }).waitFor();
    await page.keyboard.press("Escape");
  }, 60_000);

  test.each([
    { name: "desktop", size: { width: 1280, height: 900 } },
    { name: "phone", size: { width: 390, height: 844 } },
  ])("a toast covers nothing that one may press, on a $name", { timeout: 90_000 }, async ({ size }) => {
    await page.setViewportSize(size);
    await page.goto(`${server.url}/settings`);
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.locator("[data-sonner-toast]").first().waitFor();
    await page.waitForTimeout(700);
    const covered = await page.evaluate<string[]>(`(() => {
      const toast = document.querySelector("[data-sonner-toast]").getBoundingClientRect();
      return [...document.querySelectorAll("a, button, input, textarea, select")]
        .filter((element) => !element.closest("[data-sonner-toaster]"))
        .filter((element) => {
          const { left, right, top, bottom, width } = element.getBoundingClientRect();
          const seen = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2).includes(element);
          return width > 1 && seen && left < toast.right && right > toast.left && top < toast.bottom && bottom > toast.top;
        })
        .map((element) => element.outerHTML.slice(0, 120));
    })()`);
    expect(covered).toEqual([]);
  });

  test("the calendar opens at today, is filtered by an address, and a click on a day writes for it", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${server.url}/calendar?view=week`);
    await page.getByText("Now", { exact: true }).waitFor({ state: "attached" });
    const inView = await page.evaluate<boolean>(`(() => {
      const { top, bottom } = document.querySelector("[data-now]").getBoundingClientRect();
      return top > 0 && bottom < innerHeight;
    })()`);
    expect(inView).toBe(true);

    await page.goto(`${server.url}/calendar`);
    await page.getByLabel("Channel", { exact: true }).selectOption({ label: "news@galley.test" });
    await page.waitForURL(/channel=/u);
    await page.reload();
    await expect
      .poll(() => page.getByLabel("Channel", { exact: true }).inputValue(), { timeout: 30_000 })
      .toBe(channels.email);

    await page.goto(`${server.url}/calendar?date=2031-05-01`);
    await page.getByRole("button", { name: /Write a post for Tuesday,? 13 May/u }).press("Enter");
    await page.getByLabel("Time", { exact: true }).fill("10:30");
    await page.getByRole("button", { name: "Start writing" }).click();
    await page.waitForURL(/\/edit$/u);
    await page.goto(`${server.url}/calendar?view=list&date=2031-05-01`);
    await page.locator('[data-day="2031-05-13"]').getByText("10:30").waitFor();
  }, 90_000);

  test(
    "without a connection one stays in the dashboard, and it heals by itself",
    { timeout: 120_000 },
    async () => {
      await page.goto(server.url);
      await page.getByText("Going out next").waitFor();
      await context.setOffline(true);
      await page.getByRole("link", { name: "Usage" }).first().click();
      await page.getByText("is not on your device yet").waitFor();
      await page.getByText("Galley can't be reached").first().waitFor();
      await page.getByRole("link", { name: "Home", exact: true }).first().click();
      await page.getByText("Going out next").waitFor();
      await page.getByRole("link", { name: "Usage" }).first().click();
      await page.getByText("is not on your device yet").waitFor();
      await context.setOffline(false);
      await page.getByText("Every call of a model").waitFor({ timeout: 60_000 });
    },
  );

  test(
    "parts of a version that is gone are fetched anew, once, and then it is said",
    { timeout: 90_000 },
    async () => {
      await page.goto(server.url);
      await page.getByText("Going out next").waitFor();
      await page.evaluate("sessionStorage.clear()");
      let loads = 0;
      page.on("load", () => (loads += 1));
      await context.route(/assets\/usage-screen/u, (route) => route.fulfill({ status: 404, body: "gone" }));
      await page.getByRole("link", { name: "Usage" }).first().click();
      await page.getByText("This screen could not be shown").waitFor();
      expect(loads).toBe(1);
      await context.unroute(/assets\/usage-screen/u);
      await page.getByRole("button", { name: "Try again" }).first().click();
      await page.getByText("Every call of a model").waitFor();
    },
  );
});
