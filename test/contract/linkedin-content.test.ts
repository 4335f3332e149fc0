import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DeliveryInput,
  externalIdIn,
  type MediaFile,
  type Plan,
  type Published,
  type VariantContent,
} from "#connectors";
import type { LinkedInHarness, LinkedInJournal } from "./linkedin.ts";
import { startLinkedInHarness } from "./linkedin.ts";
import { since, told } from "./located.ts";

let harness: LinkedInHarness;
beforeAll(async () => {
  harness = await startLinkedInHarness("page");
});
afterAll(() => harness.close());

function variantOf(fields: Partial<VariantContent> = {}): VariantContent {
  return {
    parts: [`note ${randomUUID()}`],
    link: null,
    media: [],
    firstComment: null,
    options: {},
    ...fields,
  };
}

function inputOf(fields: Partial<VariantContent> = {}, media: MediaFile[] = []): DeliveryInput {
  const listed = media.map(({ mediaId, altText }) => ({ mediaId, altText }));
  return {
    deliveryId: randomUUID(),
    variant: variantOf({ ...fields, media: listed }),
    media,
    dueAt: new Date(),
  };
}

function fileOf(bytes: Buffer, mimeType: string, altText = ""): MediaFile {
  return {
    mediaId: randomUUID(),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    mimeType,
    bytes: bytes.length,
    width: mimeType === "application/pdf" ? 0 : 640,
    height: mimeType === "application/pdf" ? 0 : 480,
    durationMs: mimeType === "video/mp4" ? 8_000 : null,
    pages: mimeType === "application/pdf" ? 3 : null,
    altText,
    read: () => Promise.resolve(bytes),
    // oxlint-disable-next-line require-await -- a generator is the shortest asynchronous list
    chunks: async function* chunks(size: number) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
    publicUrl: "https://galley.test/media/1",
  };
}

function image(altText = ""): MediaFile {
  return fileOf(
    Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), randomBytes(500)]),
    "image/png",
    altText,
  );
}

function video(bytes: number): MediaFile {
  const head = Buffer.from("0000001866747970", "hex");
  return fileOf(Buffer.concat([head, randomBytes(bytes - head.length)]), "video/mp4");
}

function pdf(): MediaFile {
  return fileOf(
    Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(900)]),
    "application/pdf",
    "Three pages",
  );
}

async function publish(
  input: DeliveryInput,
): Promise<{ plan: Plan; published: Published[]; shown: LinkedInJournal }> {
  const plan = await harness.connector.prepare(harness.context(), input);
  const published: Published[] = [];
  for (const index of plan.items.keys()) {
    const item = { index, key: `${input.deliveryId}/${index}`, published };
    published.push(await harness.connector.commit(harness.context(), plan, item));
  }
  const ids = new Set(published.map(({ externalId }) => externalId));
  return { plan, published, shown: (await harness.journal()).filter(({ id }) => ids.has(id)) };
}

function filesOf(files: MediaFile[]) {
  return files.map(({ sha256, mimeType }) => ({
    kind: mimeType === "application/pdf" ? "document" : mimeType.split("/")[0],
    sha256,
  }));
}

describe("what a LinkedIn post carries", () => {
  it("is several images, each with its alt text, in their order", async () => {
    const files = [image("one"), image("two"), image()];
    const { shown } = await publish(inputOf({}, files));
    expect(shown).toHaveLength(1);
    expect(shown[0]?.altTexts).toEqual(["one", "two", ""]);
    expect(shown[0]?.details?.files).toEqual(filesOf(files));
  });

  it("is a video in parts, byte for byte", async () => {
    const files = [video(9_500_000)];
    const { shown, published } = await publish(inputOf({ options: { mediaTitle: "The whole film" } }, files));
    expect(shown[0]?.details).toMatchObject({ title: "The whole film", files: filesOf(files) });
    expect(published[0]?.externalId).toMatch(/^urn:li:ugcPost:/);
    expect(await harness.asked("PUT", /^\/dms-uploads\/[\w-]+\/2$/)).toBe(1);
  });

  it("is a document under a title of its own or the first line of the text", async () => {
    const files = [pdf()];
    const { shown } = await publish(inputOf({ parts: ["Five beds\nand a hedge"] }, files));
    expect(shown[0]?.details).toMatchObject({ title: "Five beds", files: filesOf(files) });
    expect(shown[0]?.altTexts).toEqual(["Three pages"]);
  });

  it("is a link's card, with title, description and picture", async () => {
    const link = "https://example.com/article?a=1&b=2";
    const options = { linkTitle: "Shade", linkDescription: "What grows there", linkAs: "A card" };
    const files = [image()];
    const { shown } = await publish(inputOf({ link, options }, files));
    expect(shown[0]?.details?.card).toMatchObject({
      source: link,
      title: "Shade",
      description: "What grows there",
    });
    expect(shown[0]?.details?.files).toEqual(filesOf(files));
    expect(shown[0]?.text).not.toContain(link);
  });

  it("is a card under the site's name where nobody wrote a title, and text where files take its place", async () => {
    const link = `https://example.com/${randomUUID()}_(x)`;
    const bare = await publish(inputOf({ link }));
    expect(bare.shown[0]?.details?.card).toMatchObject({ source: link, title: "example.com" });
    const beside = await publish(inputOf({ link }, [image()]));
    expect(beside.shown[0]?.details?.card).toBeUndefined();
    expect(beside.shown[0]?.text).toContain(link);
    const inText = await publish(inputOf({ link, options: { linkAs: "In the text" } }));
    expect(inText.shown[0]?.details?.card).toBeUndefined();
    expect(inText.shown[0]?.text).toContain(link);
  });

  it("is shown to whom the author chose", async () => {
    const anyone = await publish(inputOf());
    expect(anyone.shown[0]?.details?.visibility).toBe("PUBLIC");
    const members = await publish(inputOf({ options: { visibility: "LinkedIn members" } }));
    expect(members.shown[0]?.details?.visibility).toBe("LOGGED_IN");
    const codes = harness.connector.validate(variantOf({ options: { visibility: "Connections only" } }), []);
    expect(codes.map(({ code }) => code)).toEqual(["content.bad_option"]);
  });

  it("is followed by its first comment, as an item of its own that is found again", async () => {
    const sentAt = new Date();
    const firstComment = `(more) @ada #tag ${randomUUID()}`;
    const input = inputOf({ firstComment });
    const { plan, published, shown } = await publish(input);
    expect(shown.map(({ kind }) => kind)).toEqual(["post", "comment"]);
    expect(shown[1]).toMatchObject({ text: firstComment, inReplyTo: published[0]?.externalId });
    const item = { index: 1, key: "k", published: published.slice(0, 1) };
    const { locate } = harness.connector;
    if (locate === "unsupported") throw new TypeError("Pages can be read");
    const located = await locate(harness.context(), plan, item, since(sentAt));
    expect(told(located)).toMatchObject({
      matches: [{ externalId: published[1]?.externalId }],
      coversFrom: new Date(0),
    });
  });
});

describe("an upload that is not ready", () => {
  it("holds the post back, and the post goes out later with the same upload", async () => {
    await harness.control("PUT", "switches", { processingMs: 60_000 });
    const input = inputOf({}, [image()]);
    const before = await harness.asked("PUT", /^\/dms-uploads\//);
    const plan = await harness.connector.prepare(harness.context(), input);
    const item = { index: 0, key: "k", published: [] };
    await expect(harness.connector.commit(harness.context(), plan, item)).rejects.toMatchObject({
      verdict: "not_sent",
      code: "linkedin.media_processing",
      retryAfterSeconds: 15,
    });
    await harness.control("POST", "clock", { advanceMs: 60_000 });
    await harness.control("PUT", "switches", { processingMs: 0 });
    const { externalId } = await harness.connector.commit(harness.context(), plan, item);
    expect((await harness.journal()).filter(({ id }) => id === externalId)).toHaveLength(1);
    expect(await harness.asked("PUT", /^\/dms-uploads\//)).toBe(before + 1);
  });

  it("that LinkedIn cannot process ends the delivery with words", async () => {
    const input = inputOf({}, [image()]);
    const plan = await harness.connector.prepare(harness.context(), input);
    await harness.control("PUT", "switches", { processingFails: true });
    const commit = harness.connector.commit(harness.context(), plan, { index: 0, key: "k", published: [] });
    await expect(commit).rejects.toMatchObject({ verdict: "rejected", code: "linkedin.media_failed" });
    await harness.control("PUT", "switches", { processingFails: false });
  });

  it("is not made anew because a question about it came to nothing", async () => {
    const input = inputOf({}, [image()]);
    const before = await harness.asked("PUT", /^\/dms-uploads\//);
    // The third request about media is the first question: the upload is opened, then sent.
    await harness.control("PUT", "faults", {
      faults: [
        { kind: "slow", on: "media", remaining: 2 },
        { kind: "error_before_commit", on: "media" },
      ],
    });
    const plan = await harness.connector.prepare(harness.context(), input);
    await harness.connector.commit(harness.context(), plan, { index: 0, key: "k", published: [] });
    expect(await harness.asked("PUT", /^\/dms-uploads\//)).toBe(before + 1);
  });

  it("leaves nothing ambiguous when the question about it is lost", async () => {
    const input = inputOf({}, [image()]);
    const plan = await harness.connector.prepare(harness.context(), input);
    await harness.control("PUT", "faults", { faults: [{ kind: "lost_answer", on: "media" }] });
    const commit = harness.connector.commit(harness.context(), plan, { index: 0, key: "k", published: [] });
    await expect(commit).rejects.toMatchObject({ verdict: "not_sent" });
  });
});

async function look(input: DeliveryInput, plan: Plan, sentAt: Date, scopes?: string[]) {
  const { locate } = harness.connector;
  if (locate === "unsupported") throw new TypeError("Pages can be read");
  const context = harness.context();
  return locate(
    scopes === undefined ? context : { ...context, scopes },
    plan,
    { index: 0, key: input.deliveryId, published: [] },
    since(sentAt),
  );
}

describe("reading back", () => {
  it("is not possible without the permission to read", async () => {
    const input = inputOf();
    const plan = await harness.connector.prepare(harness.context(), input);
    expect(await look(input, plan, new Date(), ["w_organization_social"])).toBe("unsupported");
  });

  it("tells posts with one text apart by their files", async () => {
    const sentAt = new Date();
    const parts = [`note ${randomUUID()}`];
    const first = inputOf({ parts }, [image()]);
    const second = inputOf({ parts }, [image()]);
    const { plan, published } = await publish(first);
    const other = await publish(second);
    expect(told(await look(first, plan, sentAt))).toMatchObject({
      matches: [{ externalId: published[0]?.externalId }],
    });
    expect(told(await look(second, other.plan, sentAt))).toMatchObject({
      matches: [{ externalId: other.published[0]?.externalId }],
    });
  });

  it("takes no post without files for one that has some: a person may have said the same", async () => {
    const sentAt = new Date();
    const input = inputOf({ parts: [`note ${randomUUID()}`] }, [image()]);
    const plan = await harness.connector.prepare(harness.context(), input);
    const { accountId } = harness.context();
    await harness.control("POST", "post", { account: accountId, text: input.variant.parts[0] });
    const located = await look(input, plan, sentAt);
    expect(told(located)).toMatchObject({ matches: [] });
    // The newest of the Page.
    expect(located).toHaveProperty("posts.0.likeness", "similar");
  });

  it("finds a text full of reserved characters, and goes on over several pages", async () => {
    const sentAt = new Date(Date.now() - 3_600_000);
    const input = inputOf({ parts: [`#tag (a_b) {x|y} <z> ~ * @c \\ ${randomUUID()} \n`] });
    const { plan, published } = await publish(input);
    await harness.control("PUT", "switches", { memberPostsPerDay: 1_000 });
    for (let count = 0; count < 105; count += 1) await publish(inputOf());
    const found = await look(input, plan, sentAt);
    expect(told(found)).toMatchObject({
      matches: [{ externalId: published[0]?.externalId }],
      coversFrom: new Date(0),
    });
    // Full pages that name no next one are not the end.
    await harness.control("PUT", "switches", { linksToNext: false });
    expect(told(await look(input, plan, sentAt))).toEqual(told(found));
    await harness.control("PUT", "switches", { linksToNext: true });
    // One page that fails is asked for again.
    await harness.control("PUT", "faults", {
      faults: [{ kind: "reset_before_commit", on: "list", remaining: 2 }],
    });
    expect(told(await look(input, plan, sentAt))).toEqual(told(found));
    await harness.control("PUT", "faults", {
      faults: [{ kind: "reordered_listing", on: "list", remaining: 2 }],
    });
    expect(told(await look(input, plan, new Date()))).toMatchObject({
      matches: [{ externalId: published[0]?.externalId }],
    });
  });

  it("proves nothing by a listing that is ordered anew between two pages", async () => {
    const sentAt = new Date();
    await harness.control("PUT", "switches", { memberPostsPerDay: 1_000 });
    for (let count = 0; count < 105; count += 1) await publish(inputOf());
    const newest = inputOf();
    const { plan } = await publish(newest);
    await harness.control("PUT", "faults", {
      faults: [{ kind: "reordered_listing", on: "list", remaining: 1 }],
    });
    expect(told(await look(newest, plan, sentAt))).toEqual({ matches: [], coversFrom: null });
  });

  it("does not see what the listing does not hold yet", async () => {
    await harness.control("PUT", "faults", {
      faults: [{ kind: "listing_lag", on: "create", delayMs: 60_000 }],
    });
    const sentAt = new Date();
    const input = inputOf();
    const { plan, published } = await publish(input);
    expect(told(await look(input, plan, sentAt))).toMatchObject({ matches: [] });
    await harness.control("POST", "clock", { advanceMs: 61_000 });
    expect(told(await look(input, plan, sentAt))).toMatchObject({
      matches: [{ externalId: published[0]?.externalId }],
    });
  });
});

describe("a duplicate", () => {
  it("is told with the address of the post that LinkedIn names", async () => {
    const parts = [`note ${randomUUID()}`];
    const { published } = await publish(inputOf({ parts }));
    const url = published[0]?.url ?? "";
    const again = publish(inputOf({ parts }));
    await expect(again).rejects.toMatchObject({
      code: "linkedin.duplicate",
      message: expect.stringContaining(url),
    });
    expect(externalIdIn(harness.connector, url)).toBe(published[0]?.externalId);
  });
});
