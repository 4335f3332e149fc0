import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type GalleyProcess, startGalleyProcess } from "../support/galley.ts";
import { launch, noBrowser } from "./chromium.ts";
import { call, plan, seedWorkspace } from "./seed.ts";
import { buildDashboard } from "./server.ts";

describe.skipIf(noBrowser !== null)("a copy of a Galley with planned posts", () => {
  let database: TestDatabase;
  let folder: string;
  let copy: GalleyProcess;
  let browser: Browser;
  let page: Page;

  function start(name: string): Promise<GalleyProcess> {
    const environment = { LOG_LEVEL: "error", DATABASE_URL: database.url };
    return startGalleyProcess({ dataDir: join(folder, name), environment });
  }

  beforeAll(async () => {
    await buildDashboard();
    database = await testDatabase();
    folder = await mkdtemp(join(tmpdir(), "galley-copied-"));
    const original = await start("data");
    browser = await launch();
    page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const { sandbox } = await seedWorkspace(page, original.url);
    await plan(page, "Tomorrow", [{ channelId: sandbox, content: { parts: ["Tomorrow"] } }]);
    await original.end("SIGTERM");
    await cp(join(folder, "data"), join(folder, "copy"), { recursive: true, preserveTimestamps: true });
    copy = await start("copy");
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await copy?.end("SIGTERM");
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("sends nothing until a person says that the other one is off", { timeout: 120_000 }, async () => {
    await page.goto(`${copy.url}/`);
    const banner = page.getByRole("alert").filter({ hasText: "Nothing is sent" });
    await banner.getByText("The data folder is a copy").waitFor();
    const refused = call(page, "releaseQuarantine");
    await expect(refused).rejects.toThrow(/409 .*delivery\.may_run_twice/u);

    await banner.getByRole("button", { name: "Let posts go out" }).click();
    const dialog = page.getByRole("dialog");
    const release = dialog.getByRole("button", { name: "Let posts go out" });
    expect(await release.isDisabled()).toBe(true);
    await dialog.getByText("Then 1 planned post goes out at its time").waitFor();
    await dialog.getByText(/What people did after .* is forgotten here/u).waitFor();
    await dialog.getByLabel("The other Galley is switched off").click();
    await dialog.getByLabel("Nobody sent a planned post early").click();
    await release.click();
    await page.getByText("Posts go out again").waitFor();
    await banner.waitFor({ state: "detached" });
    const view = await call(page, "readQuarantine");
    expect(view).toMatchObject({ active: false, later: 0 });
  });
});
