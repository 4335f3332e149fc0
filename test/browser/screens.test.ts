import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { overflow, violationsInBothThemes } from "./inspect.ts";
import { seedManyPosts } from "./many-posts.ts";
import { watchRequests } from "./quiet.ts";
import { type Screen, routesOfRouter, screensOf } from "./screens.ts";
import { type RunningServer, startServer } from "./server.ts";
import {
  gluedNames,
  layoutShift,
  repeatedIds,
  slowAnswers,
  smallTargets,
  installProbes,
} from "./what-a-screen-shows.ts";

const shots = process.env["GALLEY_SHOTS"];
const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

describe.skipIf(noBrowser !== null)("every screen of the router, with 200 posts", () => {
  let server: RunningServer;
  let browser: Browser;
  let member: Page;
  let stranger: Page;
  let screens: Screen[] = [];
  const quiet = new Map<Page, () => Promise<void>>();

  async function newPage(): Promise<Page> {
    const context: BrowserContext = await browser.newContext({
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
    });
    await installProbes(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    quiet.set(page, watchRequests(page));
    return page;
  }

  beforeAll(async () => {
    server = await startServer({ REQUESTS_PER_MINUTE: "1000000" });
    browser = await launch();
    [member, stranger] = await Promise.all([newPage(), newPage()]);
    screens = screensOf(await seedManyPosts(member, server.url));
    await Promise.all([slowAnswers(member.context()), slowAnswers(stranger.context())]);
  }, 400_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(screen: Screen, size: { width: number; height: number }): Promise<Page> {
    const page = screen.signedOut ? stranger : member;
    await page.setViewportSize(size);
    await page.goto(server.url + screen.path);
    await page.getByText(screen.ready).first().waitFor();
    await quiet.get(page)?.();
    if (shots) {
      const name = screen.path.replaceAll(/[^a-z]+/gu, "-").slice(0, 24);
      await page.screenshot({ path: `${shots}/${size.width}${name}.png` });
    }
    return page;
  }

  test("is in this list", () => {
    const listed = new Set(screens.map(({ route }) => route));
    expect(routesOfRouter().filter((route) => !listed.has(route))).toEqual([]);
  });

  test(
    "on a desktop has its own title, single ids, spaces in its labels, nothing that axe minds, and keeps still",
    {
      timeout: 600_000,
    },
    async () => {
      const titles = new Map<string, string>();
      for (const screen of screens) {
        const page = await open(screen, desktop);
        const title = await page.title();
        const { total, worst } = await layoutShift(page);
        const found = {
          path: screen.path,
          sameTitle: titles.get(title) ?? null,
          ids: await repeatedIds(page),
          glued: await gluedNames(page),
          shift: total > 0.05 ? { total, worst } : null,
          ...(await violationsInBothThemes(page)),
        };
        titles.set(title, screen.path);
        expect.soft(found).toEqual({
          path: screen.path,
          sameTitle: null,
          ids: [],
          glued: [],
          shift: null,
          light: [],
          dark: [],
        });
        expect
          .soft(title)
          .toMatch(screen.signedOut || screen.outside ? / · Galley$/u : /.+ · Northwind Press · Galley$/u);
      }
    },
  );

  test(
    "on a phone gives a finger 40 pixels, is no wider than it, and keeps still",
    {
      timeout: 600_000,
    },
    async () => {
      for (const screen of screens) {
        const page = await open(screen, phone);
        const { total, worst } = await layoutShift(page);
        const found = {
          path: screen.path,
          small: await smallTargets(page),
          overflow: await overflow(page),
          shift: total > 0.05 ? { total, worst } : null,
        };
        expect.soft(found).toEqual({ path: screen.path, small: [], overflow: 0, shift: null });
      }
    },
  );
});
