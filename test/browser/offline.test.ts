import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "#platform/http-client";
import { writeServiceWorker } from "../../scripts/service-worker.ts";
import { testApp, type TestApp } from "../support/app.ts";
import { launch, noBrowser } from "./chromium.ts";
import { seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

/** Until the worker stands between the page and the network; before, a page is as fleeting as any. */
async function untilKept(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate<boolean>("navigator.serviceWorker.controller !== null"), { timeout: 90_000 })
    .toBe(true);
}

/** The paths that the browser keeps, of all builds. */
function keptPaths(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  })()`);
}

describe.skipIf(noBrowser !== null)("without a connection", { timeout: 120_000 }, () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext({ timezoneId: "Europe/Berlin", reducedMotion: "reduce" });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await seedPosts(page, await seedWorkspace(page, server.url));
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test("a reload and a link open the dashboard, which says why it is empty and fills by itself", async () => {
    await page.goto(server.url);
    await page.getByText("Going out next").waitFor();
    await untilKept(page);
    await context.setOffline(true);
    await page.reload();
    await page.getByRole("heading", { name: "There is no connection to Galley" }).waitFor();
    await page.getByText("Galley can't be reached").waitFor();
    await page.getByRole("link", { name: "Posts", exact: true }).first().click();
    await page.waitForURL(`${server.url}/posts`);
    await page.getByRole("heading", { name: "There is no connection to Galley" }).waitFor();
    await page.goto(`${server.url}/calendar?view=list`);
    await page.getByRole("heading", { name: "There is no connection to Galley" }).waitFor();
    expect(await page.title()).toContain("Calendar as a list");
    await page.getByRole("link", { name: "Posts", exact: true }).first().click();
    await context.setOffline(false);
    await page.getByText("The winter catalogue is printed").first().waitFor();
  });

  test("a screen that was never opened is on the device, and its data is asked for", async () => {
    await page.goto(server.url);
    await page.getByText("Going out next").waitFor();
    await context.setOffline(true);
    await page.getByRole("link", { name: "Usage" }).first().click();
    await page.getByRole("heading", { name: "Usage" }).waitFor();
    await context.setOffline(false);
    await page.getByText("Every call of a model").waitFor({ timeout: 60_000 });
  });

  test("what is no page of the dashboard is not replaced by it", async () => {
    await page.goto(server.url);
    await untilKept(page);
    await context.setOffline(true);
    await expect(page.goto(`${server.url}/docs`)).rejects.toThrow("ERR_INTERNET_DISCONNECTED");
    await context.setOffline(false);
  });

  test("nobody is told to be signed out who is not", async () => {
    await page.goto(server.url);
    await page.getByText("Going out next").waitFor();
    await context.setOffline(true);
    await page
      .getByRole("button", { name: /Account menu/u })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("you are still signed in").waitFor();
    await context.setOffline(false);
  });

  test("nothing of a person is kept, and signing out leaves none behind", async () => {
    await page.goto(`${server.url}/posts`);
    await page.getByText("The winter catalogue is printed").first().waitFor();
    await page
      .getByRole("button", { name: /Account menu/u })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Galley" }).waitFor();
    const paths = await keptPaths(page);
    expect(paths).toContain("/index.html");
    expect(paths.filter((path) => !/^\/(?:assets\/[^/]+|[\w-]+\.(?:html|js|svg))$/u.test(path))).toEqual([]);
    await context.setOffline(true);
    await page.goto(`${server.url}/posts`);
    await page.getByRole("heading", { name: "There is no connection to Galley" }).waitFor();
    expect(await page.locator("body").textContent()).not.toMatch(/winter catalogue|Northwind|Ada/u);
    await context.setOffline(false);
    await page.getByRole("heading", { name: "Sign in to Galley" }).waitFor();
  });
});

describe.skipIf(noBrowser !== null)("an update", { timeout: 90_000 }, () => {
  let folder: string;
  let galley: TestApp;
  let browser: Browser;
  let url: string;

  /** A dashboard of one script, whose name tells its content as the names of real ones do. */
  function build(words: string): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "assets"), { recursive: true });
    const register = `navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });`;
    writeFileSync(join(folder, `assets/${words}.js`), `document.body.append("${words}"); ${register}`);
    const script = `<script type="module" crossorigin src="/assets/${words}.js"></script>`;
    writeFileSync(join(folder, "index.html"), `<!doctype html><title>Galley</title><body>${script}`);
    writeServiceWorker(folder);
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "galley-builds-"));
    build("first");
    const port = await freePort("127.0.0.1");
    url = `http://127.0.0.1:${port}`;
    galley = await testApp({ options: { publicUrl: url, dashboardDirectory: folder } });
    await galley.app.listen({ port, host: "127.0.0.1" });
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await galley?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is shown at once, and kept in the place of what was there", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByText("first").waitFor();
    await untilKept(page);
    build("second");
    await page.reload();
    await page.getByText("second").waitFor();
    await expect
      .poll(() => keptPaths(page), { timeout: 30_000 })
      .toEqual(["/assets/second.js", "/index.html"]);
    await context.setOffline(true);
    await page.goto(`${url}/posts`);
    await page.getByText("second").waitFor();
    await context.close();
  });

  test("that came only by half is not kept", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    build("whole");
    await page.goto(url);
    await untilKept(page);
    build("half");
    rmSync(join(folder, "assets/half.js"));
    await page.evaluate(`(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      await registration.update().catch(() => undefined);
      const worker = registration.installing;
      while (worker && worker.state !== "redundant")
        await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    })()`);
    expect(await keptPaths(page)).toEqual(["/assets/whole.js", "/index.html"]);
    await context.setOffline(true);
    await page.reload();
    await page.getByText("whole").waitFor();
    await context.close();
  });

  test("is asked for each time, by the entry page and by the worker", async () => {
    for (const path of ["/", "/posts", "/sw.js"]) {
      const answer = await galley.app.inject({ url: path, headers: { accept: "text/html" } });
      expect([path, answer.statusCode, answer.headers["cache-control"]]).toEqual([path, 200, "no-cache"]);
    }
    expect((await galley.app.inject("/sw.js")).headers["content-type"]).toContain("javascript");
  });
});
