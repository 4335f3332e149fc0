import type { Browser, BrowserContext, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "#contract";
import type { RunningPlatform } from "#emulator";
import { videoOf } from "../support/media-files.ts";
import { launch, noBrowser, press, type } from "./chromium.ts";
import { inspect } from "./inspect.ts";
import { control, startPlatform, visible } from "./platforms.ts";
import { call, publish, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

type Delivery = { id: string; state: string; externalUrl: string | null; attempts: { state: string }[] };

/** Sending and reading back need time on a busy machine; whatever comes, comes within this. */
const patience = 60_000;

describe.skipIf(noBrowser !== null)("what a person does about a delivery that needs one", () => {
  let linkedin: RunningPlatform;
  let x: RunningPlatform;
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let profile: string;
  const errors: string[] = [];

  beforeAll(async () => {
    [linkedin, x] = await Promise.all([startPlatform("linkedin"), startPlatform("x")]);
    // Short windows: Galley asks once it is sure that nothing comes any more.
    const settings = { ...linkedin.settings, deadlineMs: "2000", windowMs: "1000" };
    server = await startServer({
      CONNECTORS: JSON.stringify({ linkedin: settings, x: x.settings }),
      EGRESS_ALLOW_ORIGINS: `${linkedin.url},${x.url}`,
      DELIVERY_MINIMUM_WINDOW_SECONDS: "1",
      DELIVERY_MARGIN_SECONDS: "1",
    });
    browser = await launch();
    context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => errors.push(error.message));
    await seedWorkspace(page, server.url);
    await connect("LinkedIn");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("is connected").first().waitFor();
    profile = await channelOn("linkedin");
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await Promise.all([linkedin?.close(), x?.close()]);
    expect(errors).toEqual([]);
  });

  async function connect(name: string): Promise<void> {
    await page.goto(`${server.url}/channels`);
    await page.getByRole("button", { name: `Connect ${name}`, exact: true }).click();
  }

  async function connectX(without = ""): Promise<void> {
    await connect("X");
    await page.getByLabel("Account", { exact: true }).fill("northwind");
    await page.getByLabel("Scopes to leave out").fill(without);
    await page.getByRole("button", { name: "Authorize app" }).click();
    await page.getByText("is connected").first().waitFor();
  }

  async function channelOn(connector: string): Promise<string> {
    const { items } = await call(page, "listChannels");
    return items.find((channel) => channel.connector === connector)?.id ?? "";
  }

  function nextPost(kind: string, more: object = {}): Promise<void> {
    return control(linkedin, "PUT", "faults", { faults: [{ kind, on: "create", ...more }] });
  }

  async function deliveryOf(postId: string): Promise<Delivery | undefined> {
    return (await call(page, "listPostDeliveries", { params: { id: postId } })).items[0];
  }

  /** Publishes it to the profile and opens its page, where Galley asks. */
  async function askedAbout(text: string, fault: string, more: object = {}): Promise<string> {
    await nextPost(fault);
    const postId = await publish(page, text, [{ channelId: profile, content: { parts: [text], ...more } }]);
    await page.goto(`${server.url}/posts/${postId}`);
    await page.getByText("Did this go live?").waitFor();
    return postId;
  }

  function status(word: string) {
    return page.getByRole("main").getByText(word, { exact: true }).first().waitFor();
  }

  test(
    "it is live: by keyboard, with its address, and a bad one is refused",
    { timeout: 120_000 },
    async () => {
      const text = "Sent, and the answer was lost";
      const postId = await askedAbout(text, "lost_answer");
      await inspect(page, "question");
      await press(page, "button", "It is live");
      await inspect(page, "question-address");
      for (const wrong of ["javascript:alert(1)", "not an address"]) {
        await page.getByLabel(/^Address of the live post/u).fill("");
        await type(page, /^Address of the live post/u, wrong);
        await page.keyboard.press("Enter");
        await page.getByText("Use the whole address, beginning with https://").waitFor();
      }
      const [posted] = await visible(linkedin, text);
      await page.getByLabel(/^Address of the live post/u).fill("");
      await type(page, /^Address of the live post/u, posted?.url ?? "");
      await press(page, "button", "Confirm");
      await status("Live");
      await page.getByText("told by a person").waitFor();
      expect(await page.getByRole("link", { name: "Open live post" }).getAttribute("href")).toBe(posted?.url);
      await expect
        .poll(async () => (await call(page, "getPost", { params: { id: postId } })).status)
        .toBe("published");
      expect(await visible(linkedin, text)).toHaveLength(1);
    },
  );

  test("it is live at an address that holds no id: the rest is left", { timeout: 120_000 }, async () => {
    const text = "Live, and nobody can answer to it";
    await askedAbout(text, "lost_answer", { firstComment: "The comment that stays away" });
    await press(page, "button", "It is live");
    await type(page, /^Address of the live post/u, "https://www.linkedin.com/posts/pretty-words");
    await press(page, "button", "Confirm");
    await page.getByText("An address of a post on LinkedIn is needed.").waitFor();
    await press(page, "button", "Confirm, and leave the rest unsent");
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave it as it is" }).click();
    await page.getByText("A part of it is live, and the rest is not sent any more.").waitFor();
    expect(await visible(linkedin, text)).toHaveLength(1);
    expect(await visible(linkedin, "The comment that stays away")).toEqual([]);
  });

  test("it is not: it is sent again, once", { timeout: 120_000 }, async () => {
    const text = "Lost on its way";
    const postId = await askedAbout(text, "reset_before_commit");
    expect(await visible(linkedin, text)).toHaveLength(0);
    // A pointer is asked as well: what is live after all would be there twice.
    await page.getByRole("button", { name: "It is not" }).click();
    const question = page.getByRole("alertdialog", { name: `Send “${text}” again?` });
    await question.getByText("people will see it twice").waitFor();
    await inspect(page, "question-absent");
    await question.getByRole("button", { name: "Look first" }).click();
    expect(await deliveryOf(postId)).toMatchObject({ state: "needs_human" });
    await press(page, "button", "It is not");
    await press(page, "button", "It is not there, send it again");
    await status("Live");
    await page.getByText("Proven not to be there").waitFor();
    expect(await deliveryOf(postId)).toMatchObject({
      state: "confirmed",
      attempts: [{ state: "absent_proven" }, { state: "confirmed" }],
    });
    expect(await visible(linkedin, text)).toHaveLength(1);
  });

  test("whoever answers second is told so, and changes nothing", { timeout: 120_000 }, async () => {
    const text = "Answered by somebody else";
    const postId = await askedAbout(text, "lost_answer");
    const delivery = await deliveryOf(postId);
    const late = page.getByRole("button", { name: "It is not", exact: true });
    await late.focus();
    // Its page does not hear of it in time.
    await page.route(`**${addressOf("listPosts").path}/**`, (route) => route.abort());
    await call(page, "resolveDelivery", {
      params: { id: delivery?.id },
      body: { outcome: "live", url: null },
    });
    await late.press("Enter");
    await press(page, "button", "It is not there, send it again");
    await page.unroute(`**${addressOf("listPosts").path}/**`);
    await page.getByText("Galley is not asking about this delivery").waitFor();
    await status("Live");
    expect(await visible(linkedin, text)).toHaveLength(1);
  });

  test("what was refused is sent again on request", { timeout: 120_000 }, async () => {
    const text = "Refused at first";
    await nextPost("refusal", { code: "400" });
    const postId = await publish(page, text, [{ channelId: profile, content: { parts: [text] } }]);
    await page.goto(`${server.url}/posts/${postId}`);
    await status("Refused by the platform");
    await inspect(page, "refused");
    await press(page, "button", "Send again");
    const question = page.getByRole("alertdialog", { name: `Send “${text}” again?` });
    await question.getByText("exactly as approved").waitFor();
    await question.getByRole("button", { name: "Send again" }).press("Enter");
    await status("Live");
    expect(await visible(linkedin, text)).toHaveLength(1);
  });

  test(
    "what a person said to be absent is sent again only after a word about two copies",
    { timeout: 120_000 },
    async () => {
      const text = "Absent by somebody's word";
      const postId = await askedAbout(text, "reset_before_commit");
      await nextPost("refusal", { code: "400" });
      await page.getByRole("button", { name: "It is not" }).click();
      await page.getByRole("button", { name: "It is not there, send it again" }).click();
      await status("Refused by the platform");
      await page.getByRole("button", { name: "Send again" }).click();
      const question = page.getByRole("alertdialog", { name: `Send “${text}” again?` });
      await question.getByText("It may be live already").waitFor();
      expect(await deliveryOf(postId)).toMatchObject({ state: "rejected" });
      await question.getByRole("button", { name: "Send again" }).click();
      await status("Live");
      expect(await visible(linkedin, text)).toHaveLength(1);
    },
  );

  test(
    "an account without access is connected again from the post, which then goes out",
    { timeout: 120_000 },
    async () => {
      const text = "Waits for its account";
      await control(linkedin, "POST", "revoke-tokens");
      const postId = await publish(page, text, [{ channelId: profile, content: { parts: [text] } }]);
      await page.goto(`${server.url}/posts/${postId}`);
      await status("Account must be reconnected");
      await status("Waiting for its channel");
      await inspect(page, "without-access");
      await press(page, "button", "Reconnect the account");
      await page.getByRole("button", { name: "Allow" }).click();
      await page.waitForURL((url) => url.pathname === `/posts/${postId}`);
      await page.getByText("is connected").first().waitFor();
      await status("Live");
      expect(await visible(linkedin, text)).toHaveLength(1);
    },
  );

  test(
    "a permission that was taken away is given back from the post, which is then sent again",
    { timeout: 120_000 },
    async () => {
      await connectX();
      const channelId = await channelOn("x");
      const media = [
        { mediaId: await upload("press.png", "image/png", await picture()), altText: "The press of 1911" },
      ];
      const text = "Now with a picture";
      // The post waits for its channel, which is connected with less than the post was approved with.
      await control(x, "POST", "revoke-tokens", {});
      const postId = await publish(page, text, [{ channelId, content: { parts: [text], media } }]);
      await expect
        .poll(async () => (await deliveryOf(postId))?.state, { timeout: patience })
        .toBe("needs_reconnect");
      await connectX("media.write");
      await page.goto(`${server.url}/posts/${postId}`);
      await page.getByText("This channel may not upload images").first().waitFor();
      await inspect(page, "without-permission");
      await press(page, "button", "Reconnect the account");
      await page.getByLabel("Account", { exact: true }).fill("northwind");
      await page.getByRole("button", { name: "Authorize app" }).click();
      await page.waitForURL((url) => url.pathname === `/posts/${postId}`);
      await page.getByRole("button", { name: "Send again" }).click();
      await status("Live");
      expect(await visible(x, text)).toMatchObject([{ altTexts: ["The press of 1911"] }]);
    },
  );

  test("an app that offers less is connected with what is needed alone", { timeout: 120_000 }, async () => {
    await control(linkedin, "PUT", "switches", { lacks: ["email"] });
    await connect("LinkedIn");
    await page.getByText("LinkedIn does not offer your app everything").waitFor();
    await inspect(page, "only-needed");
    await press(page, "button", "Connect with only what is needed");
    await page.getByLabel("Sign in as").fill("grace");
    await page.getByRole("button", { name: "Allow" }).click();
    await page.getByText("is connected").first().waitFor();
    await page.getByText("Goes without: shows the account's mail address").waitFor();
  });

  test(
    "a description that a platform takes of no video is told at the file",
    { timeout: 120_000 },
    async () => {
      await connectX();
      const mediaId = await upload("press.mp4", "video/mp4", await videoOf());
      const media = [{ mediaId, altText: "A press of 1911, printing" }];
      const variants = [{ channelId: await channelOn("x"), content: { parts: ["It prints"], media } }];
      const { id } = await call(page, "createPost", { body: { title: "It prints", variants } });
      await page.goto(`${server.url}/posts/${id}/edit`);
      await page.getByText("This platform takes no description of videos").waitFor();
      await page.getByText("X takes no description of videos").first().waitFor();
      await inspect(page, "video-description");
      await press(page, "button", "Remove the description");
      await page.getByText("X takes no description of videos").first().waitFor({ state: "detached" });
      await page.getByText("This platform takes no description of videos").waitFor();
      expect(await page.getByLabel(/^Description for people/u).isVisible()).toBe(false);
    },
  );

  async function upload(name: string, mimeType: string, bytes: Buffer): Promise<string> {
    return page.evaluate(
      async ([address, fileName, fileType, encoded]) => {
        const form = new FormData();
        const content = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
        form.append("file", new Blob([content], { type: fileType }), fileName);
        const answer = await fetch(address, {
          method: "POST",
          headers: { "idempotency-key": crypto.randomUUID() },
          body: form,
        });
        return ((await answer.json()) as { id: string }).id;
      },
      [addressOf("uploadMedia").path, name, mimeType, bytes.toString("base64")] as const,
    );
  }
});

function picture(): Promise<Buffer> {
  const create = { width: 320, height: 200, channels: 3 as const, background: "#8a3b12" };
  return sharp({ create }).png().toBuffer();
}
