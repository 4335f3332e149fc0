import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser, press, tabTo } from "./chromium.ts";
import { overflow, violations } from "./inspect.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

async function middleOf(target: ReturnType<Page["locator"]>): Promise<{ x: number; y: number }> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error("it is not on the page");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe.skipIf(noBrowser !== null)("planning in the browser", () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let sandbox: string;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext({
      timezoneId: "Europe/Berlin",
      locale: "en-GB",
      reducedMotion: "reduce",
      acceptDownloads: true,
      viewport: { width: 1280, height: 900 },
    });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => errors.push(error.message));
    const channels = await seedWorkspace(page, server.url);
    ({ sandbox } = channels);
    await seedPosts(page, channels);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function draft(title: string, wall: string): Promise<string> {
    const variants = [{ channelId: sandbox, content: { parts: [title] } }];
    const { id } = await call(page, "createPost", { body: { title, variants } });
    await call(page, "schedulePost", { params: { id }, body: { wall, zone: "Europe/Berlin" } });
    return id;
  }
  const wallOf = async (id: string) => (await call(page, "getPost", { params: { id } })).scheduled?.wall;
  const cell = (day: string) => page.locator(`[data-day="${day}"]`);

  async function open(path: string, ready: string): Promise<void> {
    await page.goto(server.url + path);
    await page.getByText(ready).first().waitFor();
  }

  async function drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
  }

  test(
    "a post is dragged to another day, keeps its time, and the move is undone",
    { timeout: 60_000 },
    async () => {
      const id = await draft("Drag me along", "2031-05-13T10:30");
      await open("/calendar?date=2031-05-01", "Drag me along");
      const entry = page.getByRole("link", { name: /Drag me along/u });
      await drag(await middleOf(entry), await middleOf(cell("2031-05-15")));
      await cell("2031-05-15").getByText("Drag me along").waitFor();
      await page.getByText(/^Moved to/u).waitFor();
      expect(await wallOf(id)).toBe("2031-05-15T10:30");
      expect(page.url()).toContain("/calendar");
      await page.getByRole("button", { name: "Undo" }).click();
      await cell("2031-05-13").getByText("Drag me along").waitFor();
      await expect.poll(() => wallOf(id)).toBe("2031-05-13T10:30");
    },
  );

  test(
    "with the keyboard it moves by days and weeks, or through the dialog",
    { timeout: 60_000 },
    async () => {
      const id = await draft("Move by keys", "2031-06-10T09:00");
      await open("/calendar?date=2031-06-01", "Move by keys");
      await tabTo(page, "link", /Move by keys/u);
      await page.keyboard.press("Shift+ArrowRight");
      await cell("2031-06-11").getByText("Move by keys").waitFor();
      await expect.poll(() => wallOf(id)).toBe("2031-06-11T09:00");
      await tabTo(page, "link", /Move by keys/u);
      await page.keyboard.press("Shift+ArrowDown");
      await expect.poll(() => wallOf(id)).toBe("2031-06-18T09:00");
      await press(page, "button", /Move “Move by keys”/u);
      await page.getByRole("dialog").waitFor();
      await page.getByLabel("Date").fill("2031-06-25");
      await page.getByRole("button", { name: "Schedule" }).click();
      await expect.poll(() => wallOf(id)).toBe("2031-06-25T09:00");
    },
  );

  test("a finger scrolls, and drags after it has rested", { timeout: 60_000 }, async () => {
    const id = await draft("Touch me", "2031-07-08T09:00");
    await open("/calendar?date=2031-07-01", "Touch me");
    const from = await middleOf(page.getByRole("link", { name: /Touch me/u }));
    const to = await middleOf(cell("2031-07-10"));
    const client = await context.newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await touch("touchStart", [from]);
    await page.waitForTimeout(500);
    await touch("touchMove", [{ x: from.x + 5, y: from.y + 5 }]);
    await touch("touchMove", [to]);
    await touch("touchEnd", []);
    await expect.poll(() => wallOf(id)).toBe("2031-07-10T09:00");
    const back = await middleOf(page.getByRole("link", { name: /Touch me/u }));
    await touch("touchStart", [back]);
    await touch("touchMove", [{ x: back.x - 200, y: back.y }]);
    await touch("touchEnd", []);
    expect(await wallOf(id)).toBe("2031-07-10T09:00");
  });

  test(
    "the past is refused, and an approval for that time is not voided unasked",
    { timeout: 60_000 },
    async () => {
      const id = await draft("Bound to its time", "2031-08-12T09:00");
      await call(page, "submitPost", { params: { id }, body: {} });
      const { boundHash } = await call(page, "getPost", { params: { id } });
      await call(page, "approvePost", { params: { id }, body: { boundHash, note: "" } });
      await open("/calendar?date=2031-08-01", "Bound to its time");
      const entry = page.getByRole("link", { name: /Bound to its time/u });
      await drag(await middleOf(entry), await middleOf(cell("2031-08-13")));
      await page.getByText("Move it and void its approval?").waitFor();
      await page.getByRole("button", { name: "Keep its time" }).click();
      expect(await wallOf(id)).toBe("2031-08-12T09:00");
      await drag(await middleOf(entry), await middleOf(cell("2031-08-13")));
      await page.getByRole("button", { name: "Move", exact: true }).click();
      await page.getByText("It is a draft again").waitFor();
      expect(await call(page, "getPost", { params: { id } })).toMatchObject({ status: "draft" });

      await open("/calendar", "Today");
      const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
      await draft("Not backwards", `${soon}T09:00`);
      await page.goto(`${server.url}/calendar?date=${soon}&view=week`);
      await tabTo(page, "link", /Not backwards/u);
      await page.keyboard.press("Shift+ArrowUp");
      await page.getByText("That time has passed").waitFor();
    },
  );

  test(
    "a post becomes a series, is approved once, and its dates stand in the calendar",
    { timeout: 90_000 },
    async () => {
      const id = await draft("Every week the same", "2031-01-07T09:00");
      await open(`/posts/${id}`, "Every week the same");
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Repeat…" }).click();
      await page.getByRole("dialog").waitFor();
      await page.getByLabel("Starts on").fill("2031-03-04");
      const tuesday = page.getByRole("button", { name: "Tuesday" });
      if ((await tuesday.getAttribute("aria-pressed")) === "false") await tuesday.click();
      // The rule begins with the weekday of tomorrow, whichever that is.
      for (const name of ["Monday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]) {
        const day = page.getByRole("button", { name });
        if ((await day.getAttribute("aria-pressed")) === "true") await day.click();
      }
      await page.getByLabel("Time", { exact: true }).fill("02:30");
      await page.getByText("Every Tuesday at 02:30 (Europe/Berlin)").waitFor();
      await page.getByLabel("Ends").selectOption("After a number");
      await page.getByLabel("How many").fill("100000");
      await page.getByText("may count to 1000").waitFor();
      expect(await page.getByRole("button", { name: "Make the series" }).isDisabled()).toBe(true);
      await page.getByLabel("How many").fill("5");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Make the series" }).click();

      await page.getByText("Approve once").waitFor();
      await open("/inbox", "Approvals");
      await page.getByRole("link", { name: /Every week the same.*Every Tuesday/u }).click();
      await page.getByText("Approve once").waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Approve every occurrence" }).click();
      await page.getByText("approved text and dates").waitFor();
      await expect.poll(() => page.getByText("Scheduled", { exact: true }).count()).toBe(5);
      await open("/calendar?date=2031-03-01", "Every week the same");
      // Four in March and one on the first of April, which the last week shows.
      expect(await page.getByRole("link", { name: /Every week the same/u }).count()).toBe(5);

      // An edit of the template asks again.
      await open("/series", "Every week the same");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("link", { name: "Every week the same" }).click();
      await page.getByRole("link", { name: "Edit text" }).click();
      await page.getByLabel(/^Text for/u).fill("Every week something else");
      await page.getByRole("button", { name: "Done: to the series" }).click();
      await page.getByText("The last approval fell").waitFor();
      await open("/calendar?date=2031-03-01", "Every week the same");
      await page.getByText("Planned, not approved yet").first().waitFor({ state: "attached" });
    },
  );

  test("slots are given, a post takes the next free one, and says why", { timeout: 60_000 }, async () => {
    await open("/queue", "No slots yet");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Add slot" }).first().click();
    await page.getByLabel("Time", { exact: true }).fill("07:45");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "Remove Friday 07:45" }).waitFor();
    const { id } = await call(page, "createPost", {
      body: {
        title: "Into the queue",
        variants: [{ channelId: sandbox, content: { parts: ["queued words"] } }],
      },
    });
    await open(`/posts/${id}`, "Into the queue");
    await page.getByRole("button", { name: "Schedule" }).click();
    await page.getByText("It is a slot of").waitFor();
    await page.getByRole("button", { name: "Add to queue" }).click();
    await expect.poll(() => wallOf(id)).toMatch(/T07:45$/u);
    await open("/queue", "Into the queue");
    await page.getByRole("button", { name: "Move “Into the queue” later" }).click();
    await page.getByText("No other post of the queue").waitFor();
    expect(await violations(page)).toEqual([]);
    const nextWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    const dropped = await draft("Onto a slot", `${nextWeek}T06:00`);
    await open(`/calendar?view=week&date=${nextWeek}`, "Onto a slot");
    await page.getByRole("button", { name: "Free slots" }).click();
    await page
      .getByText(/free: /u)
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
    const moved = page.getByRole("link", { name: /Onto a slot/u });
    await drag(await middleOf(moved), await middleOf(page.getByText(/free: /u).last()));
    await expect.poll(() => wallOf(dropped)).toMatch(/T07:45$/u);
  });

  test("a spreadsheet is checked, imported, and told line by line", { timeout: 60_000 }, async () => {
    await open("/import", "Choose a CSV file");
    expect(await violations(page)).toEqual([]);
    const table =
      "text,channels,date,time\nFrom a spreadsheet,sandbox,2031-09-09,09:00\nTo nobody,@nowhere,,\n";
    await page.getByLabel("Choose a CSV file").setInputFiles({
      name: "autumn.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`\u{FEFF}${table}`, "utf16le"),
    });
    await page.getByRole("button", { name: "Make 1 draft" }).waitFor();
    await page.getByText('There is no connected channel "@nowhere"').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Make 1 draft" }).click();
    await page.getByText("1 draft was made.").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export all posts" }).click();
    expect((await download).suggestedFilename()).toBe("galley-posts.csv");
    await open("/calendar?date=2031-09-01", "From a spreadsheet");
  });

  test(
    "no screen is wider than a phone, and none has violations in the dark",
    { timeout: 90_000 },
    async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: "dark" });
      const series = await call(page, "listSeries");
      const imports = await call(page, "listImports");
      const screens: [path: string, ready: string][] = [
        ["/calendar?date=2031-03-01", "Free slots"],
        ["/queue", "Weekly slots"],
        ["/series", "Every week the same"],
        [`/series/${series.items[0]?.id ?? ""}`, "What goes out"],
        ["/import", "Choose a CSV file"],
        [`/import?id=${imports.items[0]?.id ?? ""}`, "From a spreadsheet"],
      ];
      for (const [path, ready] of screens) {
        await open(path, ready);
        expect.soft({ path, overflow: await overflow(page) }).toEqual({ path, overflow: 0 });
        expect.soft({ path, found: await violations(page) }).toEqual({ path, found: [] });
      }
      expect(errors).toEqual([]);
    },
  );
});
