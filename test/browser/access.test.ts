import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { inspect, violations } from "./inspect.ts";
import { watchRequests } from "./quiet.ts";
import { seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

const ada = "ada@northwind.example";
const first = "a compiler is a patient reader";
const second = "a difference engine is patient too";
const third = "nine brown otters dive at dawn";

async function signIn(target: Page, password: string): Promise<void> {
  await target.getByLabel("Email").fill(ada);
  await target.getByLabel(/^Password/u).fill(password);
  await target.keyboard.press("Enter");
}

describe.skipIf(noBrowser !== null)("getting in again, and who decides", { timeout: 120_000 }, () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await seedWorkspace(page, server.url);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** The link in the newest mail to somebody, out of the mail catcher. */
  function mailedLink(to: string, subject: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const mails = await fetch(`${server.url}/sandbox/mail/api/messages`);
        const { items } = (await mails.json()) as { items: { id: string; to: string[]; subject: string }[] };
        const mail = items.find((one) => one.to.includes(to) && one.subject.includes(subject));
        if (mail === undefined) throw new Error("no mail yet");
        const raw = await fetch(`${server.url}/sandbox/mail/messages/${mail.id}/raw`);
        const text = (await raw.text()).replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
        return /https?:\/\/\S+token=[\w-]+/.exec(text)?.[0] ?? "";
      },
      { timeout: 30_000, interval: 200 },
    );
  }

  test("a password is changed by who knows it, and the other browsers know you no more", async () => {
    await page.goto(`${server.url}/settings?tab=sessions`);
    await page.getByText("Browsers that know you").waitFor();
    await inspect(page, "password-and-sessions");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel(/^Present password/u).fill("not the right password");
    await page.getByLabel(/^New password/u).fill(second);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("This is not your present password").first().waitFor();
    await page.getByLabel(/^Present password/u).fill(first);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed").first().waitFor();
  });

  test("who has forgotten it gets a link by mail and chooses another", async () => {
    const other = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
    other.setDefaultTimeout(30_000);
    await other.goto(`${server.url}/sign-in`);
    await other.getByRole("link", { name: "Forgot password?" }).click();
    await other.getByRole("heading", { name: "Forgot your password?" }).waitFor();
    await inspect(other, "forgot-password");
    await other.getByLabel("Email").fill(ada);
    await other.keyboard.press("Enter");
    await other.getByText("a link is on its way").waitFor();
    await other.goto(await mailedLink(ada, "Choose a new password"));
    await other.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await inspect(other, "reset-password");
    await other.getByLabel(/^New password/u).fill(third);
    await other.keyboard.press("Enter");
    await other.getByText("Your new password is saved").waitFor();
    await signIn(other, third);
    await other.waitForURL(`${server.url}/`);
    await other.context().close();
    // The other browser's session has ended with it.
    await page.goto(`${server.url}/settings`);
    await page.waitForURL(/\/sign-in/u);
    await signIn(page, third);
    await page.waitForURL(/\/settings/u);
  });

  test("a session that ends leads to sign-in, and back to where one was going", async () => {
    const quiet = watchRequests(page);
    await page.goto(`${server.url}/posts`);
    await page.getByRole("heading", { name: "Posts" }).waitFor();
    // A number that is still being fetched would meet the end of the session first, and lead back to Posts.
    await quiet();
    await context.clearCookies();
    await page.getByRole("link", { name: "Calendar" }).click();
    await page.getByText("Sign in to Galley").waitFor();
    expect(await violations(page)).toEqual([]);
    await signIn(page, third);
    await page.waitForURL(`${server.url}/calendar`);
  });

  test("the person who set Galley up is its admin, and the last one stays", async () => {
    await page.goto(`${server.url}/settings?tab=installation`);
    await page.getByText("The last admin stays").waitFor();
    await inspect(page, "installation");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByLabel("Email").fill("nobody@northwind.example");
    await page.getByRole("button", { name: "Make admin" }).click();
    await page.getByText("Nobody has this address").waitFor();
    expect(await page.getByRole("button", { name: "Remove" }).count()).toBe(0);
  });

  test("who is invited gets a mail, and joins by it", async () => {
    await page.goto(`${server.url}/settings?tab=members`);
    await page.getByLabel("Email").fill("ines@northwind.example");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByText("is on its way to ines@northwind.example").waitFor();
    const joining = await (await browser.newContext({ reducedMotion: "reduce" })).newPage();
    joining.setDefaultTimeout(30_000);
    await joining.goto(await mailedLink("ines@northwind.example", "Join Northwind Press"));
    await joining.getByText("Join Northwind Press").waitFor();
    await joining.getByLabel(/name/iu).fill("Ines Duarte");
    await joining.getByLabel(/^Password/u).fill(second);
    await joining.keyboard.press("Enter");
    await joining.waitForURL(`${server.url}/`);
    await joining.goto(`${server.url}/settings?tab=installation`);
    await joining.getByRole("tab", { name: "Workspace" }).waitFor();
    expect(await joining.getByRole("tab", { name: "Installation" }).count()).toBe(0);
    await joining.context().close();
  });
});
