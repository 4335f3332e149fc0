import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyPlatform, type RunningPlatform } from "#emulator";
import { launch, noBrowser, press, tabTo } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

describe.skipIf(noBrowser !== null)("channels in a browser", () => {
  let facebook: RunningPlatform;
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const start = everyPlatform["facebook"];
    if (!start) throw new TypeError("the emulators have a Facebook");
    facebook = await start({ host: "127.0.0.1", port: 0 });
    server = await startServer({
      CONNECTORS: JSON.stringify({ facebook: facebook.settings }),
      EGRESS_ALLOW_ORIGINS: facebook.url,
    });
    browser = await launch();
    context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await seedPosts(page, await seedWorkspace(page, server.url));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await facebook?.close();
  });

  async function open(path: string, ready: string): Promise<void> {
    await page.goto(server.url + path);
    await page.getByText(ready).first().waitFor();
  }

  test("one more sandbox account is two clicks away", { timeout: 60_000 }, async () => {
    await open("/channels", "Connect a channel");
    await page.getByRole("button", { name: "Connect Sandbox" }).click();
    await page.getByLabel("Account handle").fill("evening_edition");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("@evening_edition is connected").waitFor();
    await inspect(page, "channels");
  });

  test(
    "a search finds platforms, and its guide holds the real redirect address",
    { timeout: 60_000 },
    async () => {
      await open("/channels", "Connect a channel");
      await page.getByRole("searchbox", { name: "Find a platform" }).fill("linked");
      await page.getByRole("button", { name: /^Set up app LinkedIn$/u }).waitFor();
      expect(await page.getByRole("heading", { name: "Bluesky" }).count()).toBe(0);
      await page.getByRole("button", { name: "Guide LinkedIn", exact: true }).click();
      const guide = page.getByRole("dialog");
      await guide.getByText(`${server.url}/api/v1/oauth/linkedin/callback`).first().waitFor();
      expect(await guide.innerText()).not.toContain("{redirectUri}");
      await guide.getByRole("heading", { level: 3 }).first().waitFor();
      await inspect(page, "guide");
      await page.keyboard.press("Escape");
      await page.getByRole("searchbox").fill("no such thing");
      await page.getByText("No platform is called").waitFor();
    },
  );

  test(
    "an app's values are explained as they are pasted, and kept out of sight",
    { timeout: 60_000 },
    async () => {
      await open("/channels", "Connect a channel");
      await press(page, "button", /^Set up app X$/u);
      const form = page.getByRole("dialog");
      await form.getByLabel("Client ID").fill("VGhpc0lzTm90QVJlYWw6MTpjaQ");
      await form.getByLabel("Client secret").fill('"k7Qw9zLmN3pXv5TcR8yB"');
      await form.getByText("Quotation marks stand around it").waitFor();
      await form.getByRole("button", { name: "Save all the same" }).waitFor();
      await inspect(page, "app");
      await form.getByRole("button", { name: "Use it without that" }).click();
      await form.getByText("Quotation marks stand around it").waitFor({ state: "detached" });
      await press(page, "button", "Save");
      await page.getByText("The app for X is set up").waitFor();
      await page.getByRole("button", { name: "App… X" }).click();
      await page.getByText("Set, ends in …R8yB").waitFor();
      expect(await page.content()).not.toContain("k7Qw9zLmN3pXv5TcR8yB");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Connect X", exact: true }).waitFor();
    },
  );

  test(
    "of the Pages that a consent opened, those that are picked become channels",
    { timeout: 90_000 },
    async () => {
      await open("/channels", "Connect a channel");
      await page.getByRole("button", { name: "Connect Facebook" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      const picker = page.getByRole("dialog");
      await picker.getByText("Which accounts of Facebook?").waitFor();
      const boxes = picker.getByRole("checkbox");
      const offered = await boxes.count();
      expect(offered).toBeGreaterThan(1);
      await inspect(page, "picker");
      // A reload loses nothing: the choice waits on the server.
      await page.reload();
      await picker.getByText("Which accounts of Facebook?").waitFor();
      await tabTo(page, "checkbox", /./u);
      await page.keyboard.press("Space");
      expect(await picker.getByRole("checkbox", { checked: true }).count()).toBe(1);
      await press(page, "button", "Connect");
      await page.getByText(/@galley\w+ is connected/u).waitFor();
      await picker.waitFor({ state: "detached" });
      const { items } = await call(page, "listChannels");
      expect(items.filter(({ connector }) => connector === "facebook")).toHaveLength(1);
    },
  );

  test("what slows a channel is told with its reason, and ended by hand", { timeout: 60_000 }, async () => {
    const { items } = await call(page, "listChannels");
    const { id = "" } = items.find(({ handle }) => handle === "@northwind") ?? {};
    const { system } = server.database;
    const channels = system.selectFrom("channels").select(["workspace_id", "connector", "account_id"]);
    const { workspace_id, ...account } = await channels.where("id", "=", id).executeTakeFirstOrThrow();
    const since = new Date();
    const until = new Date(since.getTime() + 3_600_000);
    const reason = "The platform asks to wait before the next post.";
    await system
      .insertInto("delivery_holds")
      .values({ ...account, since, until, reason, evidence: '429 {"title":"Too Many Requests"}' })
      .execute();
    await system
      .insertInto("delivery_windows")
      .values({ workspace_id, channel_id: id, visible_after_ms: 720_000 })
      .execute();
    await open("/channels", "Connect a channel");
    const row = page.getByRole("listitem").filter({ hasText: "@northwind" }).first();
    await row.getByText("Held", { exact: true }).waitFor();
    await row.getByText(reason).waitFor();
    await row.getByText("Too Many Requests").waitFor();
    await row.getByText(/take up to 12 minutes to appear/u).waitFor();
    await inspect(page, "slowed");
    await press(page, "button", /^Lift the hold/u);
    await page.getByText("What is due on @northwind goes on").waitFor();
    await row.getByText("Healthy").waitFor();
    await press(page, "button", /^Forget that/u);
    await row.getByText(/take up to/u).waitFor({ state: "detached" });
    expect(await call(page, "listSlowedChannels")).toEqual({ items: [] });
  });

  test("disconnecting tells what waits; reconnecting keeps the channel", { timeout: 90_000 }, async () => {
    const before = await call(page, "listChannels");
    const id = before.items.find(({ handle }) => handle === "@northwind")?.id;
    const impact = await call(page, "getDisconnectImpact", { params: { id } });
    expect(impact.scheduled).toBeGreaterThan(0);
    await open("/channels", "Connect a channel");
    await page.getByRole("button", { name: "Actions for @northwind" }).click();
    await page.getByRole("menuitem", { name: "Disconnect" }).click();
    await page.getByText(/wait(s)? to go out on it/u).waitFor();
    await inspect(page, "disconnect");
    await page.getByRole("alertdialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("@northwind is disconnected").waitFor();
    const row = page.getByRole("listitem").filter({ hasText: "@northwind" }).first();
    await row.getByRole("button", { name: "Reconnect" }).click();
    await page.getByLabel("Account handle").fill("somebody_else");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("You signed in there with another account").waitFor();
    await row.getByRole("button", { name: "Reconnect" }).click();
    await page.getByLabel("Account handle").fill("northwind");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("@northwind is connected").waitFor();
    const after = await call(page, "listChannels");
    expect(after.items.find(({ handle }) => handle === "@northwind")).toMatchObject({
      id,
      status: "connected",
    });
    const again = await call(page, "getDisconnectImpact", { params: { id } });
    expect(again.scheduled).toBe(impact.scheduled);
  });

  test("the doctor examines each platform, and says what to do", { timeout: 90_000 }, async () => {
    await open("/channels", "Connect a channel");
    await press(page, "link", "Connection doctor");
    await page.getByText(/platforms examined/u).waitFor();
    await page.getByText("@northwind answers, and the access belongs to it.").waitFor();
    await page.getByText(`${server.url}/api/v1/oauth/x/callback`).waitFor();
    await inspect(page, "doctor");
  });

  test("an invited person joins with a name and a password", { timeout: 60_000 }, async () => {
    const body = { email: "ines@northwind.example", role: "editor" };
    const invited = await call(page, "invite", { body });
    const link = Object.values(invited).find((value) => String(value).includes("/invitation?token="));
    const theirs = await browser.newContext({
      reducedMotion: "reduce",
      viewport: { width: 1280, height: 900 },
    });
    const joining = await theirs.newPage();
    joining.setDefaultTimeout(15_000);
    await joining.goto(new URL(String(link), server.url).href);
    await joining.getByText("Join Northwind Press").waitFor();
    await inspect(joining, "invitation");
    await tabTo(joining, "textbox", "Name");
    await joining.keyboard.insertText("Ines Duarte");
    await joining.getByLabel(/^Password/u).fill("eleven years at the case");
    await joining.keyboard.press("Enter");
    await joining.waitForURL(`${server.url}/`);
    const { role } = await call(joining, "whoAmI");
    expect(role).toBe("editor");
    await joining.goto(new URL(String(link), server.url).href);
    await joining.getByText("This invitation can't be used").waitFor();
    await theirs.close();
  });
});
