import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningPlatform } from "#emulator";
import { launch, noBrowser, press, tabTo, type } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { control, startPlatform, visible } from "./platforms.ts";
import { call, publish, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

const patience = 60_000;

describe.skipIf(noBrowser !== null)("what needs a person, in one place", () => {
  let linkedin: RunningPlatform;
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let profile: string;
  let sandbox: string;

  beforeAll(async () => {
    linkedin = await startPlatform("linkedin");
    const settings = { ...linkedin.settings, deadlineMs: "2000", windowMs: "1000" };
    server = await startServer({
      CONNECTORS: JSON.stringify({ linkedin: settings }),
      EGRESS_ALLOW_ORIGINS: linkedin.url,
      DELIVERY_MINIMUM_WINDOW_SECONDS: "1",
      DELIVERY_MARGIN_SECONDS: "1",
    });
    browser = await launch();
    context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    ({ sandbox } = await seedWorkspace(page, server.url));
    await page.goto(`${server.url}/channels`);
    await page.getByRole("button", { name: "Connect LinkedIn", exact: true }).click();
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("is connected").first().waitFor();
    const { items } = await call(page, "listChannels");
    profile = items.find(({ connector }) => connector === "linkedin")?.id ?? "";
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await linkedin?.close();
  });

  async function sent(text: string, fault: object | null): Promise<string> {
    await control(linkedin, "PUT", "faults", { faults: fault === null ? [] : [{ on: "create", ...fault }] });
    return publish(page, text, [{ channelId: profile, content: { parts: [text] } }]);
  }

  async function becomes(postId: string, state: string): Promise<void> {
    await expect
      .poll(
        async () => (await call(page, "listPostDeliveries", { params: { id: postId } })).items[0]?.state,
        { timeout: patience },
      )
      .toBe(state);
  }

  const needs = () => page.getByRole("list", { name: "What needs you" }).getByRole("listitem");

  test("is empty where nothing waits", { timeout: 60_000 }, async () => {
    await page.goto(`${server.url}/needs-you`);
    await page.getByText("Nothing needs you").waitFor();
    await inspect(page, "needs-empty");
  });

  test(
    "holds questions, channels, failures and approvals, and each is settled there",
    { timeout: 180_000 },
    async () => {
      const asked = "Was it sent at all?";
      const refused = "Refused for once";
      const held = "Held until its account is back";
      await becomes(await sent(asked, { kind: "lost_answer" }), "needs_human");
      await becomes(await sent(refused, { kind: "refusal", code: "400" }), "rejected");
      await control(linkedin, "POST", "revoke-tokens");
      await becomes(await sent(held, null), "needs_reconnect");
      const variants = [{ channelId: sandbox, content: { parts: ["For approval"] } }];
      const post = await call(page, "createPost", { body: { title: "For approval", variants } });
      await call(page, "submitPost", { params: { id: post.id }, body: {} });

      await page.goto(server.url);
      await page.getByText("3 things need you").waitFor();
      await inspect(page, "needs-home");
      await press(page, "link", "Look at them");
      await expect.poll(() => needs().count()).toBe(4);
      await page.getByRole("link", { name: "Needs you 4 waiting" }).waitFor();
      await inspect(page, "needs");

      // A filter is part of the address, and what is held stands once, with its channel.
      await tabTo(page, "radio", /^All/u);
      for (const name of [/^Questions/u, /^Channels/u]) {
        await page.keyboard.press("ArrowRight");
        await page.getByRole("radio", { name }).and(page.locator(":focus")).waitFor();
      }
      await page.keyboard.press("Enter");
      await expect.poll(() => needs().count()).toBe(1);
      await needs().getByText("1 post waits for it.").waitFor();
      expect(new URL(page.url()).searchParams.get("kind")).toBe("channel");
      await press(page, "button", "Reconnect the account");
      await page.getByRole("button", { name: "Allow" }).click();
      // Back to where one was, with the filter.
      await page.waitForURL(({ pathname, search }) => pathname + search === "/needs-you?kind=channel");
      await page.getByText("is connected").first().waitFor();
      await page.getByRole("radio", { name: /^All/u }).click();
      await expect.poll(async () => (await visible(linkedin, held)).length, { timeout: patience }).toBe(1);
      await expect.poll(() => needs().count(), { timeout: patience }).toBe(3);

      await press(page, "button", "Send again");
      await press(page, "button", "Send again");
      await expect.poll(() => needs().count(), { timeout: patience }).toBe(2);
      const [posted] = await visible(linkedin, asked);
      await press(page, "button", "It is live");
      await type(page, "Address of the live post", posted?.url ?? "");
      await page.keyboard.press("Enter");
      await expect.poll(() => needs().count(), { timeout: patience }).toBe(1);

      // The rest by single keys: to the first, open it, approve it.
      await page.getByRole("heading", { name: "Needs you" }).click();
      await page.keyboard.press("j");
      await page.keyboard.press("o");
      await page.getByRole("button", { name: /^Approve/u }).waitFor();
      await page.keyboard.press("a");
      await page.getByRole("alertdialog", { name: /^Approve “/u }).waitFor();
      await press(page, "button", /^Approve/u);
      await page.getByText("All caught up").waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("y");
      await page.getByText("Nothing needs you").waitFor();
      for (const text of [asked, refused, held]) expect(await visible(linkedin, text)).toHaveLength(1);
    },
  );

  test("a post that nobody wants any more is given up", { timeout: 60_000 }, async () => {
    const text = "Not worth another try";
    const id = await sent(text, { kind: "refusal", code: "400" });
    await becomes(id, "rejected");
    await page.goto(`${server.url}/needs-you?kind=stopped`);
    await press(page, "button", "Cancel post");
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel post" }).click();
    await page.getByText("Nothing needs you").waitFor();
    await becomes(id, "cancelled");
    expect(await visible(linkedin, text)).toEqual([]);
  });

  test("a post that is live without its first comment is left as it is", { timeout: 90_000 }, async () => {
    const text = "Live without its comment";
    const faults = [
      { kind: "slow", on: "create" },
      { kind: "refusal", on: "create", code: "400" },
    ];
    await control(linkedin, "PUT", "faults", { faults });
    const content = { parts: [text], firstComment: "The comment" };
    const id = await publish(page, text, [{ channelId: profile, content }]);
    await becomes(id, "rejected");
    await page.goto(`${server.url}/needs-you?kind=stopped`);
    await needs().getByRole("button", { name: "Send again" }).waitFor();
    // What is live cannot be cancelled.
    expect(await needs().getByRole("button", { name: "Cancel post" }).count()).toBe(0);
    await press(page, "button", "Leave it as it is");
    await inspect(page, "needs-leave");
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave it as it is" }).click();
    await page.getByText("Nothing needs you").waitFor();
    await becomes(id, "partly");
    await page.goto(`${server.url}/posts/${id}`);
    await page.getByText("A part of it is live, and the rest is not sent any more.").waitFor();
    await inspect(page, "post-left");
    expect(await visible(linkedin, text)).toHaveLength(1);
    expect(await visible(linkedin, "The comment")).toEqual([]);
  });

  test("a post that somebody else has to approve needs somebody else", { timeout: 60_000 }, async () => {
    await call(page, "updateWorkspace", { body: { separateApprover: true } });
    const variants = [{ channelId: sandbox, content: { parts: ["My own words"] } }];
    const post = await call(page, "createPost", { body: { title: "My own words", variants } });
    await call(page, "submitPost", { params: { id: post.id }, body: {} });
    await page.goto(`${server.url}/needs-you`);
    await page.getByText("Nothing needs you").waitFor();
    await page.goto(`${server.url}/inbox`);
    await page.getByText("Waits for somebody else").waitFor();
    await page.getByText("asks for the approval of somebody else").waitFor();
    await page.getByRole("link", { name: "Approvals", exact: true }).waitFor();
    await inspect(page, "inbox-own-words");
    await call(page, "updateWorkspace", { body: { separateApprover: false } });
    await page.goto(`${server.url}/needs-you`);
    await needs().getByRole("link", { name: "My own words", exact: true }).waitFor();
  });
});
