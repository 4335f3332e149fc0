import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, noBrowser } from "./chromium.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

type PostView = {
  id: string;
  version: number;
  title: string;
  variants: { channelId: string; content: Content }[];
};
/** Autosave waits a second after the last key. */
function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: 10_000 });
}

type Content = { parts: string[]; media: { mediaId: string; altText: string }[] };

describe.skipIf(noBrowser !== null)("nothing that was written is lost, nothing is approved unseen", () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let channels: { sandbox: string; email: string };
  let review: string;

  beforeAll(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage({ timezoneId: "Europe/Berlin", locale: "en-GB" });
    page.setDefaultTimeout(15_000);
    channels = await seedWorkspace(page, server.url);
    ({ review } = await seedPosts(page, channels));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function newDraft(): Promise<string> {
    const content = { parts: ["First words."] };
    const body = { title: "A draft", variants: [{ channelId: channels.sandbox, content }] };
    return (await call<PostView>(page, "POST", "/posts", body)).id;
  }

  function read(id: string): Promise<PostView> {
    return call<PostView>(page, "GET", `/posts/${id}`);
  }

  async function openComposer(id: string) {
    await page.goto(`${server.url}/posts/${id}/edit`);
    const text = page.getByLabel(/^Text for/u).first();
    await text.waitFor();
    return text;
  }

  test("text typed while the server is away stays, is told, and is saved when it answers", async () => {
    const id = await newDraft();
    const text = await openComposer(id);
    await page.route("**/api/v1/**", (route) => route.abort());
    await text.fill("Written in a tunnel.");
    await page.getByText("can't be reached").first().waitFor();
    await page.unroute("**/api/v1/**");

    // Closing the tab in the tunnel would not lose it either.
    await page.goto(`${server.url}/posts`);
    const again = await openComposer(id);
    expect(await again.inputValue()).toBe("Written in a tunnel.");
    await page.getByText("Saved", { exact: true }).waitFor();
    expect((await read(id)).variants[0]?.content.parts).toEqual(["Written in a tunnel."]);
  });

  test("a version that somebody else wrote meanwhile is never overwritten without asking", async () => {
    const id = await newDraft();
    const text = await openComposer(id);
    const { version, title, variants } = await read(id);
    const theirs = variants.map(({ channelId, content }) => ({
      channelId,
      content: { ...content, parts: ["Theirs."] },
    }));
    await call(page, "PUT", `/posts/${id}`, { title, variants: theirs, baseVersion: version });

    await text.fill("Mine.");
    await page.getByText("Somebody else has changed this post").waitFor();
    expect((await read(id)).variants[0]?.content.parts).toEqual(["Theirs."]);
    expect(await text.inputValue()).toBe("Mine.");
    await page.getByRole("button", { name: "Keep mine" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect((await read(id)).variants[0]?.content.parts).toEqual(["Mine."]);
  });

  test("an older version can be brought back", async () => {
    const id = await newDraft();
    const text = await openComposer(id);
    await text.fill("Second words.");
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "History" }).click();
    await page.getByRole("button", { name: "Restore this version" }).click();
    await eventually(() => text.inputValue()).toBe("First words.");
    await eventually(async () => (await read(id)).version).toBe(3);
  });

  test("an image is uploaded, described, and shown in the preview", async () => {
    const id = await newDraft();
    await openComposer(id);
    const picture = { create: { width: 320, height: 200, channels: 3 as const, background: "#8a3b12" } };
    const buffer = await sharp(picture).png().toBuffer();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "press.png", mimeType: "image/png", buffer });
    await page.getByLabel(/^Description for people/u).fill("The press of 1911");
    await page.getByRole("img", { name: "The press of 1911" }).waitFor();
    await eventually(async () => (await read(id)).variants[0]?.content.media[0]?.altText).toBe(
      "The press of 1911",
    );
  });

  test("characters that cannot be seen are named, and removed on request alone", async () => {
    const id = await newDraft();
    const text = await openComposer(id);
    await text.fill("Pay\u200bment details");
    await page.getByText("U+200B at position 4").waitFor();
    await page.getByRole("button", { name: "Remove them" }).click();
    expect(await text.inputValue()).toBe("Payment details");
  });

  test("a time that the clocks skip has to be chosen", async () => {
    await page.goto(`${server.url}/posts/${review}`);
    await page.getByRole("button", { name: "Change time" }).click();
    await page.getByLabel("Date").fill("2027-03-28");
    await page.getByLabel("Time", { exact: true }).fill("02:30");
    await page.getByText("This time does not exist").waitFor();
    expect(await page.getByRole("radio").count()).toBeGreaterThan(1);
    await page.keyboard.press("Escape");
  });

  test("the approver sees what changed and can send it back with a note", async () => {
    await page.goto(`${server.url}/inbox?post=${review}`);
    await page.locator("ins", { hasText: "signed by the printer" }).waitFor();
    await page.keyboard.press("r");
    await page.getByLabel("Note for the author").fill("Which printer?");
    await page.getByRole("button", { name: "Send back" }).click();
    await page.getByText("Changes requested").waitFor();
    await page.goto(`${server.url}/posts/${review}`);
    await page.getByText("Which printer?").waitFor();
  });

  test("a post is copied to a new draft, and the copy is opened", async () => {
    const id = await newDraft();
    await page.goto(`${server.url}/posts/${id}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Copy to a new post" }).click();
    await page.getByText("This is the copy, a draft").waitFor();
    const copyId = /posts\/([^/]+)\/edit$/u.exec(page.url())?.[1] ?? "";
    expect(copyId).not.toBe(id);
    expect((await read(copyId)).title).toBe("A draft");
  });

  test("a deleted draft comes back with undo", async () => {
    const id = await newDraft();
    await openComposer(id);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete draft" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForURL(`${server.url}/posts/${id}/edit`);
    expect((await read(id)).title).toBe("A draft");
  });
});
