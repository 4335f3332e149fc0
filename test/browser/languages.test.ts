import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { parsePo } from "pofile-ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { violations } from "./inspect.ts";
import { call, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

/** The English of the catalogue that holds no value and says something else in German. */
const english = new Set(
  parsePo(readFileSync(new URL("../../web/src/locales/de.po", import.meta.url), "utf8"))
    .items.filter(({ msgid, msgstr }) => !msgid.includes("{") && msgid !== msgstr[0])
    .map(({ msgid }) => msgid),
);
/** Words that German has not, or not so often that two of them stand together. */
const englishWords =
  /\b(?:the|is|are|of|your|this|with|not|from|when|what|and|for|to|has|have|it|be|by|you)\b/giu;

/** What the server says of connectors and posts, in English so far: the dashboard has no other words for it. */
const saidByTheServer = /by the built-in mail catcher/u;

async function leftOverOn(page: Page): Promise<string[]> {
  const words = await page.evaluate<string[]>("galleyReading.words()");
  return words.filter(
    (text) =>
      english.has(text) || ((text.match(englishWords)?.length ?? 0) > 1 && !saidByTheServer.test(text)),
  );
}

function directionOf(locator: Locator): Promise<string | undefined> {
  return locator.evaluate(
    (element) => element.ownerDocument.defaultView?.getComputedStyle(element).direction,
  );
}

/** From which side the line of a post begins that holds these words. */
function sideOf(page: Page, words: string): Promise<string> {
  return page.evaluate<string>(`galleyReading.sideOf(${JSON.stringify(words)})`);
}

describe.skipIf(noBrowser !== null)("languages", { timeout: 240_000 }, () => {
  let server: RunningServer;
  let browser: Browser;
  let owner: Page;
  let channels: { sandbox: string; email: string };

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    owner = await open({ locale: "en-GB" });
    channels = await seedWorkspace(owner, server.url);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(options: Parameters<Browser["newContext"]>[0]): Promise<Page> {
    const context: BrowserContext = await browser.newContext({
      reducedMotion: "reduce",
      timezoneId: "Europe/Berlin",
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    await context.addInitScript({ path: fileURLToPath(new URL("reading.js", import.meta.url)) });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  }

  async function write(title: string, social: string, mail = social): Promise<string> {
    const variants = [
      { channelId: channels.sandbox, content: { parts: [social] } },
      { channelId: channels.email, content: { parts: [mail], options: { subject: title } } },
    ];
    return (await call(owner, "createPost", { body: { title, variants } })).id;
  }

  test("a German browser reads German, from the sign-in on", async () => {
    const review = await write("Der Winterkatalog ist gedruckt", "Achtundvierzig Seiten, zwei Farben.");
    const draft = await write("Offene Werkstatt", "Suppe, Kaffee, die alten Pressen laufen.");
    await call(owner, "submitPost", { params: { id: review } });
    const page = await open({ locale: "de-DE" });
    const texts: string[] = [];
    page.on("response", (response) => texts.push(response.url()));

    await page.goto(`${server.url}/sign-in`);
    await page.getByRole("heading", { name: "Bei Galley anmelden" }).waitFor();
    expect(await leftOverOn(page)).toEqual([]);
    await page.locator("html[lang=de][dir=ltr]").waitFor();
    // Asked for beside the dashboard's own files, once.
    expect(texts.filter((url) => /\/assets\/de-[^/]+\.js$/u.test(url))).toHaveLength(1);
    await page.getByLabel("E-Mail").fill("ada@northwind.example");
    await page.getByRole("textbox", { name: "Passwort" }).fill("a compiler is a patient reader");
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByRole("link", { name: "Beiträge" }).waitFor();

    for (const [path, ready] of [
      ["/", "Wartet auf Freigabe"],
      [`/posts/${draft}/edit`, "Teil hinzufügen"],
      [`/posts/${draft}`, "Einzelheiten"],
      [`/inbox?post=${review}`, "Änderungen verlangen"],
      ["/needs-you", "Zu klären"],
      ["/posts", "Alles, was hier entworfen"],
      ["/calendar", "Klicken Sie auf einen Tag"],
      ["/calendar?view=week", "Uhrzeiten in"],
      ["/queue", "Wöchentliche Sendeplätze"],
      ["/series", "Noch wiederholt sich nichts"],
      ["/import", "CSV-Datei auswählen"],
      ["/usage", "Jeder Aufruf eines Modells"],
      ["/settings", "Änderungen speichern"],
      ["/settings?tab=members", "Jemanden einladen"],
      ["/settings?tab=sessions", "Diese Sitzung"],
      ["/nowhere", "Diese Seite gibt es nicht"],
    ] as const) {
      await page.goto(server.url + path);
      await page.getByText(ready).first().waitFor();
      expect.soft({ path, left: await leftOverOn(page) }).toEqual({ path, left: [] });
    }
    await page.goto(`${server.url}/calendar`);
    await page
      .getByText(new Intl.DateTimeFormat("de", { month: "long" }).format(new Date()))
      .first()
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test("a person chooses another language than the browser's, and keeps it on every device", async () => {
    const page = owner;
    await page.goto(server.url);
    await page.getByRole("link", { name: "Posts" }).waitFor();
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await page.getByRole("link", { name: "Beiträge" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Beiträge" }).waitFor();
    const elsewhere = await open({
      locale: "en-GB",
      storageState: { cookies: await page.context().cookies(), origins: [] },
    });
    await elsewhere.goto(server.url);
    await elsewhere.getByRole("link", { name: "Beiträge" }).waitFor();
    await elsewhere.context().close();
    await page.getByRole("button", { name: "Kontomenü" }).click();
    await page.getByRole("menuitemradio", { name: "Wie der Browser" }).click();
    await page.getByRole("link", { name: "Posts" }).waitFor();
  });

  const hebrew = "קטלוג החורף מוכן";
  const arabic = "كتالوج الشتاء جاهز للطباعة.";
  const mixed = `${arabic}\n\nCopies go out on Monday.\n\n${hebrew}`;

  test("what is written from the right begins on the right", async () => {
    const id = await write(hebrew, mixed, `${arabic}\n\n- ${hebrew}`);
    const page = owner;
    await page.goto(`${server.url}/posts/${id}/edit`);
    const text = page.getByRole("textbox", { name: /^Text for/u }).first();
    await text.waitFor();
    expect(await directionOf(text)).toBe("rtl");
    expect(await directionOf(page.getByRole("textbox", { name: "Title" }))).toBe("rtl");
    const social = page.locator(".as-written", { hasText: arabic }).first();
    await social.waitFor();
    expect(await Promise.all([arabic, "Copies go", hebrew].map((words) => sideOf(page, words)))).toEqual([
      "right",
      "left",
      "right",
    ]);
    await text.fill("Now in English.");
    expect(await directionOf(text)).toBe("ltr");
    await text.fill(mixed);

    await page
      .getByRole("tab", { name: /mail|list|news/iu })
      .last()
      .click();
    const mail = page.locator("div[dir=rtl]", { hasText: arabic }).first();
    await mail.waitFor();
    expect(await directionOf(mail.locator("li").first())).toBe("rtl");

    await call(page, "submitPost", { params: { id } });
    await page.goto(`${server.url}/inbox?post=${id}`);
    await page.getByRole("heading", { name: hebrew }).waitFor();
    expect(await directionOf(page.getByRole("heading", { name: hebrew }))).toBe("rtl");
    expect(await sideOf(page, "Copies go")).toBe("left");
    await page.getByRole("button", { name: /^Approve/u }).click();
    // The quotation marks stay around it: the words are set apart (U+2068, U+2069).
    await page.getByText(`\u2068${hebrew}\u2069`).first().waitFor();

    await page.goto(`${server.url}/posts`);
    const row = page.getByRole("link", { name: hebrew });
    await row.waitFor();
    expect(await directionOf(row)).toBe("rtl");
  });

  test("a page that runs from the right is the same page, turned", async () => {
    const id = await write(hebrew, mixed);
    const page = await open({ locale: "en-GB", serviceWorkers: "block" });
    await page.route("**/opening.js", async (route) => {
      const response = await route.fetch();
      const body = `${await response.text()}\ndocument.documentElement.dir = "rtl";`;
      await route.fulfill({ response, body });
    });
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel("Email").fill("ada@northwind.example");
    await page.getByRole("textbox", { name: "Password" }).fill("a compiler is a patient reader");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Posts" }).waitFor();
    for (const path of ["/", "/posts", `/posts/${id}/edit`, "/calendar", "/channels", "/settings"]) {
      await page.goto(server.url + path);
      await page.getByRole("heading").first().waitFor();
      const navigation = await page.getByRole("navigation", { name: "Main" }).boundingBox();
      const main = await page.getByRole("main").boundingBox();
      expect({ path, side: (navigation?.x ?? 0) > (main?.x ?? 0) }).toEqual({ path, side: true });
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect({ path, wide }).toEqual({ path, wide: 0 });
    }
    await page.goto(`${server.url}/posts/${id}/edit`);
    const placeholder = page.getByRole("textbox", { name: "First comment" });
    expect(await directionOf(placeholder)).toBe("rtl");
    expect(await directionOf(page.getByRole("textbox", { name: "Link" }))).toBe("ltr");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Type a command").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "New post" }).first().click();
    const box = await page.getByRole("dialog").boundingBox();
    expect(Math.abs((box?.x ?? 0) + (box?.width ?? 0) / 2 - 640)).toBeLessThan(2);
  });
});
