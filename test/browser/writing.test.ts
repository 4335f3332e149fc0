import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "#contract";
import { launch, noBrowser } from "./chromium.ts";
import { call, seedPosts, seedWorkspace } from "./seed.ts";
import { type RunningServer, startServer } from "./server.ts";

type PostView = {
  id: string;
  version: number;
  status: string;
  title: string;
  variants: { channelId: string; content: Content }[];
};
/** Autosave waits a second after the last key. */
function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: 10_000 });
}

type Content = { parts: string[]; media: { mediaId: string; altText: string }[] };

// Each test opens the composer anew, which takes its time where the machine is busy.
const patience = { timeout: 120_000 };

describe.skipIf(noBrowser !== null)(
  "nothing that was written is lost, nothing is approved unseen",
  patience,
  () => {
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
      return (await call(page, "createPost", { body })).id;
    }

    function read(id: string): Promise<PostView> {
      return call(page, "getPost", { params: { id } });
    }
    function edit(id: string, body: object) {
      return call(page, "editPost", { params: { id }, body });
    }

    function said(text: string) {
      return [{ channelId: channels.sandbox, content: { parts: [text] } }];
    }

    /** What each version of the history says on the sandbox. */
    async function textsOf(id: string): Promise<string[]> {
      const { items } = await call(page, "listPostVersions", { params: { id } });
      const texts: string[] = [];
      for (const { number } of items) {
        const version = await call(page, "getPostVersion", { params: { id, number } });
        texts.push(version.variants[0]?.content.parts[0] ?? "");
      }
      return texts;
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
      await edit(id, { title, variants: theirs, baseVersion: version });

      await text.fill("Mine.");
      await page.getByText("Somebody else has changed this post").waitFor();
      expect((await read(id)).variants[0]?.content.parts).toEqual(["Theirs."]);
      expect(await text.inputValue()).toBe("Mine.");
      await page.getByRole("button", { name: "Keep mine" }).click();
      await page.getByText("Saved", { exact: true }).waitFor();
      expect((await read(id)).variants[0]?.content.parts).toEqual(["Mine."]);
    });

    test("of two texts that collide, the other stays in the history whichever goes on", async () => {
      const id = await newDraft();
      const text = await openComposer(id);
      const body = { title: "A draft", baseVersion: 1, autosave: true };
      await edit(id, { ...body, variants: said("From another window.") });
      await text.fill("From this window.");
      await page.getByText("Somebody else has changed this post").waitFor();
      await page.getByRole("button", { name: "Keep mine" }).click();
      await page.getByText("Saved", { exact: true }).waitFor();
      await text.fill("From this window, longer.");
      await eventually(async () => (await read(id)).variants[0]?.content.parts).toEqual([
        "From this window, longer.",
      ]);
      expect(await textsOf(id)).toContain("From another window.");

      const { version } = await read(id);
      await edit(id, { ...body, baseVersion: version, variants: said("From another window again.") });
      await text.fill("A text that loses.");
      await page.getByRole("button", { name: "Use their version" }).click();
      await eventually(() => text.inputValue()).toBe("From another window again.");
      await page.getByRole("button", { name: "History" }).click();
      const aside = page.getByRole("listitem").filter({ hasText: "Set aside" });
      await aside.getByRole("button", { name: /^(?:Compare|Hide)/u }).waitFor();
      if (await aside.getByRole("button", { name: /^Compare/u }).isVisible())
        await aside.getByRole("button", { name: /^Compare/u }).click();
      await aside.locator("ins", { hasText: "loses" }).waitFor();
      await aside.getByRole("button", { name: "Restore this version" }).click();
      await eventually(() => text.inputValue()).toBe("A text that loses.");
      await eventually(async () => (await read(id)).variants[0]?.content.parts).toEqual([
        "A text that loses.",
      ]);
      expect(await textsOf(id)).toContain("From another window again.");
    });

    test("what stands is saved before an older text takes its place", async () => {
      const id = await newDraft();
      const text = await openComposer(id);
      await text.fill("Second words.");
      await page.getByText("Saved", { exact: true }).waitFor();
      await text.fill("Third words, not saved yet.");
      await page.getByRole("button", { name: "History" }).click();
      await page.locator("del", { hasText: "Third" }).first().waitFor();
      await page.getByRole("button", { name: "Restore this version" }).first().click();
      await page.getByText("as a new version").waitFor();
      await text.fill("And on from there.");
      await eventually(async () => (await read(id)).variants[0]?.content.parts).toEqual([
        "And on from there.",
      ]);
      expect(await textsOf(id)).toEqual(
        expect.arrayContaining(["Third words, not saved yet.", "First words."]),
      );
    });

    test("one bad file of a selection drops no other, and what was cut off can be tried again", async () => {
      const id = await newDraft();
      const text = await openComposer(id);
      const png = await sharp({ create: { width: 40, height: 40, channels: 3, background: "#8a3b12" } })
        .png()
        .toBuffer();
      const jpeg = await sharp({ create: { width: 50, height: 40, channels: 3, background: "#123b8a" } })
        .jpeg()
        .toBuffer();
      let cut = true;
      await page.route(`**${addressOf("uploadMedia").path}`, (route) => {
        const body = route.request().postDataBuffer()?.toString("latin1") ?? "";
        if (!cut || !body.includes("cut.jpg")) return route.continue();
        cut = false;
        return route.abort();
      });
      await page.locator("input[type=file]").setInputFiles([
        { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") },
        { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture either") },
        { name: "good.png", mimeType: "image/png", buffer: png },
        { name: "cut.jpg", mimeType: "image/jpeg", buffer: jpeg },
      ]);
      await text.fill("Typed while files travel.");
      await page.getByText("notes.txt was not added").waitFor();
      await page.getByText("broken.png was not added").waitFor();
      await page.getByText("cut.jpg was not added").waitFor();
      await eventually(async () => (await read(id)).variants[0]?.content.media.length).toBe(1);
      await page.getByRole("button", { name: "Try again cut.jpg" }).click();
      await eventually(async () => (await read(id)).variants[0]?.content.media.length).toBe(2);
      await page.unroute(`**${addressOf("uploadMedia").path}`);
      expect(await text.inputValue()).toBe("Typed while files travel.");
      expect((await read(id)).variants[0]?.content.parts).toEqual(["Typed while files travel."]);
      await page.getByRole("button", { name: /Dismiss.*notes\.txt/u }).click();
      await page.getByText("notes.txt was not added").waitFor({ state: "detached" });
    });

    test("a file on its way to one channel arrives there, also while one writes for another", async () => {
      const id = await newDraft();
      await openComposer(id);
      await page.getByRole("button", { name: "Add channel" }).click();
      await page.getByRole("menuitem", { name: "news@galley.test" }).click();
      await page.getByLabel(/^Subject/u).waitFor();
      await page.getByRole("tab", { name: "@northwind" }).click();
      const image = sharp({ create: { width: 40, height: 40, channels: 3, background: "#3b8a12" } });
      const held = Promise.withResolvers<void>();
      await page.route(`**${addressOf("uploadMedia").path}`, async (route) => {
        await held.promise;
        await route.continue();
      });
      await page
        .locator("input[type=file]")
        .setInputFiles([{ name: "slow.png", mimeType: "image/png", buffer: await image.png().toBuffer() }]);
      await page.getByText("Uploading slow.png").waitFor();
      await page.getByRole("tab", { name: "news@galley.test" }).click();
      await page.getByLabel(/^Subject/u).fill("Meanwhile");
      held.resolve();
      const mediaOf = async () =>
        Object.fromEntries(
          (await read(id)).variants.map(({ channelId, content }) => [channelId, content.media.length]),
        );
      await eventually(mediaOf).toEqual({ [channels.sandbox]: 1, [channels.email]: 0 });
      await page.unroute(`**${addressOf("uploadMedia").path}`);
      expect(await page.getByLabel(/^Subject/u).inputValue()).toBe("Meanwhile");
      await page.getByRole("tab", { name: "@northwind" }).click();
      await page.getByLabel("Description for people who can't see it").waitFor();
    });

    test("editing a post in review says that it leaves the review, before and after", async () => {
      const id = await newDraft();
      await call(page, "submitPost", { params: { id }, body: {} });
      const text = await openComposer(id);
      await page.getByText("takes it out of review").waitFor();
      expect((await read(id)).status).toBe("in_review");
      await text.fill("Changed after all.");
      await page.getByText("This post has left the review").waitFor();
      expect((await read(id)).status).toBe("draft");
    });

    test("what a device kept of a post in review is not saved before a person says so", async () => {
      const id = await newDraft();
      await call(page, "submitPost", { params: { id }, body: {} });
      const variants = [
        {
          channelId: channels.sandbox,
          content: {
            parts: ["Kept on this device."],
            link: null,
            media: [],
            firstComment: null,
            options: {},
          },
        },
      ];
      const draft = JSON.stringify({ content: { title: "A draft", variants }, baseVersion: 1 });
      await page.evaluate(
        `localStorage.setItem(${JSON.stringify(`galley.draft.post.${id}`)}, ${JSON.stringify(draft)})`,
      );
      const again = await openComposer(id);
      expect(await again.inputValue()).toBe("Kept on this device.");
      await page.waitForTimeout(1_500);
      expect((await read(id)).status).toBe("in_review");
      await page.getByRole("button", { name: "Drop it" }).click();
      await eventually(() => again.inputValue()).toBe("First words.");
      expect((await read(id)).status).toBe("in_review");
    });

    test("the reason why Submit is off stands beside it and leads to its field", async () => {
      const variants = [
        { channelId: channels.sandbox, content: { parts: ["Said."] } },
        { channelId: channels.email, content: { parts: ["Said by mail."] } },
      ];
      const { id } = await call(page, "createPost", { body: { title: "No subject", variants } });
      await openComposer(id);
      const submit = page.getByRole("button", { name: "Submit for approval" });
      const reason = page.getByRole("button", { name: /subject/iu });
      await reason.waitFor();
      const describedBy = (await submit.getAttribute("aria-describedby")) ?? "";
      expect(await page.locator(`[id="${describedBy}"]`).textContent()).toMatch(/subject/iu);
      await reason.click();
      await eventually(() =>
        page.getByLabel(/^Subject/u).evaluate((element) => element === element.ownerDocument.activeElement),
      ).toBe(true);
      await page.getByLabel(/^Subject/u).fill("A subject");
      await reason.waitFor({ state: "detached" });
      expect(await submit.getAttribute("aria-disabled")).toBe("false");

      await call(page, "editPost", {
        params: { id },
        body: {
          title: "No subject",
          variants,
          baseVersion: (await read(id)).version,
        },
      }).catch(() => undefined);
      await page.goto(`${server.url}/posts/${id}`);
      await page
        .getByRole("link", { name: /subject/iu })
        .first()
        .click();
      await eventually(() =>
        page.getByLabel(/^Subject/u).evaluate((element) => element === element.ownerDocument.activeElement),
      ).toBe(true);
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
      await page.getByRole("alertdialog", { name: "Delete “A draft”?" }).waitFor();
      await page.getByRole("button", { name: "Delete draft" }).click();
      await page.getByRole("button", { name: "Undo" }).click();
      await page.waitForURL(`${server.url}/posts/${id}/edit`);
      expect((await read(id)).title).toBe("A draft");
    });
  },
);
