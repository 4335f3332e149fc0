import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { violationsInBothThemes } from "./inspect.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

type Listed = { id: string; status: string; title: string };

const sentences = [
  "a new post about apples and pears, as a draft",
  "create a careful announcement and read it again",
];

/** Numbers that look random and are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe.skipIf(noBrowser !== null)("a keyboard decides nothing that it was not asked about", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let ids: string[] = [];
  let channels: { sandbox: string; email: string };

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage({ timezoneId: "Europe/Berlin", locale: "en-GB", reducedMotion: "reduce" });
    page.setDefaultTimeout(15_000);
    channels = await seedWorkspace(page, server.url);
    await seedPosts(page, channels);
    await waiting(6);
    // What is published on its way settles first, so that nothing changes but by the keyboard.
    while ((await posts()).some(({ status }) => status === "publishing")) await page.waitForTimeout(200);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    // What is typed into a field of the composer takes posts out of review; others take their place.
    if ((await posts()).filter(({ status }) => status === "in_review").length < 3) await waiting(3);
    ids = (await posts()).map(({ id }) => id);
    await page.goto(`${server.url}/inbox`);
    await page.getByRole("button", { name: "Approve", exact: false }).first().waitFor();
  });

  async function posts(): Promise<Listed[]> {
    return (await call(page, "listPosts", { query: { limit: 100 } })).items;
  }

  async function approved(): Promise<number> {
    return (await posts()).filter(({ status }) => status === "approved").length;
  }

  async function waiting(count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      const content = { parts: [`Waiting number ${number} has a text of its own.`] };
      const body = { title: `Waiting ${number}`, variants: [{ channelId: channels.sandbox, content }] };
      const { id } = await call(page, "createPost", { body });
      await call(page, "submitPost", { params: { id }, body: {} });
    }
  }

  /** What was decided on every post, by anybody. */
  async function decisions(): Promise<Record<string, string>> {
    const all: [string, string][] = [];
    for (const id of ids) {
      const { status, lastDecision, deletedAt } = await call(page, "getPost", { params: { id } });
      const decided = ["draft", "in_review"].includes(status) ? "open" : status;
      all.push([id, `${decided} ${lastDecision?.id ?? "none"} ${deletedAt ?? "kept"}`]);
    }
    return Object.fromEntries(all);
  }

  function key(name: string): () => Promise<void> {
    return () => page.keyboard.press(name);
  }

  function button(name: string): () => Promise<void> {
    return () => page.getByRole("button", { name }).first().click();
  }

  async function closeAll(): Promise<void> {
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Escape");
  }

  test("not by a sentence after the key for a new post", { timeout: 60_000 }, async () => {
    const before = await decisions();
    for (const sentence of sentences) {
      await page.keyboard.press("c");
      await page.keyboard.type(sentence);
      await page.getByRole("dialog").waitFor();
      await closeAll();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    expect(await decisions()).toEqual(before);
  });

  test("what is typed after the key goes into the first field", async () => {
    await page.keyboard.press("c");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.type("All aboard again");
    expect(await page.getByLabel("Article or notes").inputValue()).toContain("All aboard again");
    await closeAll();
  });

  test.each(["a", "r", "Enter", " "])("not by holding %j", { timeout: 60_000 }, async (key) => {
    const before = await decisions();
    for (const first of ["a", "r"]) {
      await page.keyboard.press(first);
      // A key that is not let go repeats.
      for (let repeats = 0; repeats < 30; repeats += 1) await page.keyboard.down(key);
      await page.keyboard.up(key);
      await closeAll();
    }
    expect(await decisions()).toEqual(before);
  });

  test("not by a sentence with the focus on any control of any screen", { timeout: 400_000 }, async () => {
    const before = await decisions();
    const [scheduled, draft] = await Promise.all([
      posts().then((all) => all.find(({ status }) => status === "scheduled")?.id),
      call(page, "createPost", {
        body: {
          title: "A draft to keep",
          variants: [{ channelId: channels.sandbox, content: { parts: ["Kept."] } }],
        },
      }).then(({ id }) => id),
    ]);
    ids.push(draft);
    before[draft] = "open none kept";
    const [first] = ids;
    const screens = [
      "/inbox",
      `/posts/${first}`,
      `/posts/${scheduled}`,
      `/posts/${draft}`,
      `/posts/${draft}/edit`,
    ];
    for (const screen of screens) {
      await page.goto(server.url + screen);
      await page.locator("main h1").first().waitFor();
      await page.waitForTimeout(300);
      const controls = await page.locator("main button:visible").count();
      for (let index = 0; index < Math.min(controls, 8); index += 1) {
        if (page.url() !== server.url + screen) {
          await page.goto(server.url + screen);
          await page.locator("main h1").first().waitFor();
        }
        const control = page.locator("main button:visible").nth(index);
        await control.focus({ timeout: 2_000 }).catch(() => undefined);
        await page.keyboard.type(index % 2 === 0 ? " a r d publish now" : "all of it again\n");
        await closeAll();
      }
    }
    expect(await decisions()).toEqual(before);
  });

  test.each([1, 20_260_729])(
    "not by four hundred random keys (seed %i)",
    { timeout: 300_000 },
    async (seed) => {
      const before = await decisions();
      const random = randomFrom(seed);
      const special = ["Enter", "Tab", "Escape", "Space", "ArrowDown", "ArrowUp", "Backspace", "Shift+Tab"];
      const letters = "aaarrrcejkdps?gxyz.,1";
      for (let count = 0; count < 400; count += 1) {
        if (count % 100 === 0 && !page.url().includes("/inbox")) await page.goto(`${server.url}/inbox`);
        const key =
          random() < 0.3
            ? special[Math.floor(random() * special.length)]
            : letters[Math.floor(random() * letters.length)];
        await page.keyboard.press(key ?? "a");
      }
      await closeAll();
      expect(await decisions()).toEqual(before);
    },
  );

  test("nothing in a composed word, with a modifier, or switched off is a shortcut", async () => {
    for (const more of ["isComposing: true", "altKey: true", "ctrlKey: true", "repeat: true"]) {
      await page.evaluate(
        `dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", bubbles: true, ${more} }))`,
      );
    }
    await page.waitForTimeout(200);
    expect(await page.getByRole("alertdialog").count()).toBe(0);

    await page.keyboard.press("?");
    await page.getByRole("switch", { name: /Shortcuts of one letter/u }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForTimeout(700);
    await page.keyboard.press("a");
    await page.keyboard.press("c");
    await page.waitForTimeout(300);
    expect(await page.getByRole("alertdialog").or(page.getByRole("dialog")).count()).toBe(0);
    await page
      .getByRole("button", { name: /Account menu/u })
      .first()
      .click();
    await page.getByRole("menuitemcheckbox", { name: "Shortcuts of one letter" }).click();
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.waitForTimeout(700);
    await page.keyboard.press("a");
    await page.getByRole("alertdialog", { name: /^Approve “/u }).waitFor();
    await closeAll();
  });

  test(
    "every window begins in a field or in itself, never on a button, and can be read in both themes",
    { timeout: 300_000 },
    async () => {
      const first = (await posts()).find(({ status }) => status === "in_review")?.id ?? "";
      const windows: { path: string; open: () => Promise<void>; begins: RegExp }[] = [
        { path: `/inbox?post=${first}`, open: key("c"), begins: /^TEXTAREA$/u },
        { path: `/inbox?post=${first}`, open: key("?"), begins: /^DIV$/u },
        { path: `/inbox?post=${first}`, open: key("Control+k"), begins: /^INPUT$/u },
        { path: `/inbox?post=${first}`, open: key("r"), begins: /^TEXTAREA$/u },
        { path: `/posts/${first}`, open: button("Schedule"), begins: /^INPUT$/u },
        { path: `/posts/${first}/edit`, open: button("History"), begins: /^DIV$/u },
        { path: "/queue", open: button("Add slot"), begins: /^(?:INPUT|SELECT|DIV)$/u },
      ];
      for (const { path, open, begins } of windows) {
        await page.goto(server.url + path);
        await page.locator("main h1").first().waitFor();
        if (path.startsWith("/inbox")) await page.getByRole("button", { name: /^Approve/u }).waitFor();
        await open();
        await page.getByRole("dialog").first().waitFor();
        await expect
          .poll(() => page.evaluate<string>("document.activeElement?.tagName ?? ''"), { timeout: 5_000 })
          .toMatch(begins);
        expect.soft({ path, ...(await violationsInBothThemes(page)) }).toEqual({ path, light: [], dark: [] });
        await closeAll();
      }
    },
  );

  test("what was pressed for one post never counts for the next", { timeout: 60_000 }, async () => {
    const before = await approved();
    await page.keyboard.press("a");
    await page.getByRole("alertdialog", { name: /^Approve “/u }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.down("Enter");
    for (let repeats = 0; repeats < 60; repeats += 1) {
      await page.keyboard.down("Enter");
      await page.waitForTimeout(20);
    }
    // The next post waits until the keys are up.
    expect(await page.getByRole("button", { name: /^Approve/u }).count()).toBe(0);
    await page.keyboard.up("Enter");
    const approve = page.getByRole("button", { name: /^Approve/u });
    await approve.waitFor();
    await expect.poll(approved).toBe(before + 1);

    await approve.dblclick();
    await approve.waitFor();
    await page.waitForTimeout(500);
    expect(await approved()).toBe(before + 2);
  });
});
