import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Connector, forAccount } from "#connectors";
import type { JsonObject } from "#kit";
import type { MastodonHarness } from "./mastodon-harness.ts";
import { content, startMastodonHarness, usualServer } from "./mastodon-harness.ts";

describe("the limits of a Mastodon server", () => {
  let harness: MastodonHarness;
  beforeAll(async () => {
    harness = await startMastodonHarness();
  });
  afterEach(() => harness.control("PUT", "mastodon", usualServer));
  afterAll(() => harness.close());

  /** The rules by what the server says of itself now. */
  async function asTold(): Promise<Connector> {
    const { connector } = harness;
    return forAccount(connector, (await connector.accountLimits?.read(harness.context())) ?? null);
  }

  it("keeps to a smaller limit of the server before anything is sent", async () => {
    await harness.control("PUT", "mastodon", { maxCharacters: 20 });
    const input = {
      deliveryId: "long",
      variant: content("Longer than twenty characters"),
      media: [],
      dueAt: new Date(),
    };
    await expect(harness.connector.prepare(harness.context(), input)).rejects.toMatchObject({
      verdict: "rejected",
      code: "mastodon.server_limit",
    });
  });

  it.each([
    [{ perUrl: 40 }, { parts: [`${"x".repeat(470)} https://example.com/a`] }],
    [{ maxCharacters: 20 }, { parts: ["Twenty characters at most"] }],
  ])("keeps to what the server says of itself: %j", async (switches, fields) => {
    await harness.control("PUT", "mastodon", switches);
    const input = {
      deliveryId: "small",
      variant: { ...content(""), ...fields },
      media: [],
      dueAt: new Date(),
    };
    await expect(harness.connector.prepare(harness.context(), input)).rejects.toMatchObject({
      code: "mastodon.server_limit",
    });
  });

  it.each([
    [
      {
        maxCharacters: 0,
        maxFiles: -1,
        perUrl: 0,
        descriptionLimit: -5,
        imageSizeLimit: 0,
        videoSizeLimit: 0.5,
      },
    ],
    [{ maxCharacters: 1.5, maxFiles: 1e300, perUrl: 1e12, descriptionLimit: 0.1, mimeTypes: ["audio/ogg"] }],
    [{ mimeTypes: [] }],
  ])("takes nonsense of a server for nothing said: %j", async (switches) => {
    await harness.control("PUT", "mastodon", { imageSizeLimit: 16_000_001, videoSizeLimit: 40_000_001 });
    await harness.control("PUT", "mastodon", switches);
    const told = await asTold();
    const { limits } = told;
    const { textLength, maxMedia, altTextLength, mediaTypes, video } = limits;
    expect({ textLength, maxMedia, altTextLength, mediaTypes, video }).toEqual({
      textLength: 500,
      maxMedia: 4,
      altTextLength: 1500,
      mediaTypes: harness.connector.limits.mediaTypes,
      video: harness.connector.limits.video,
    });
    expect(limits.maxMediaBytes).toBe(16_000_000);
    expect(told.measure("https://example.com/a")).toBe(23);
  });

  it("believes no more of a server than a post can hold", async () => {
    const most = { maxCharacters: 1e12, maxFiles: 1e12, descriptionLimit: 1e12 };
    await harness.control("PUT", "mastodon", { ...most, imageSizeLimit: 1e12, videoSizeLimit: 1e12 });
    const { limits } = await asTold();
    expect(limits).toMatchObject({ textLength: 100_000, maxMedia: 50, altTextLength: 10_000 });
    expect(limits.maxMediaBytes).toBeLessThan(200_000_000);
    expect(limits.video?.maxBytes).toBeLessThan(200_000_000);
  });

  it("goes by the kinds of file, the size of files and the length of links that the server names", async () => {
    const told = { perUrl: 30, imageSizeLimit: 1_000_001, videoSizeLimit: 2_000_001 };
    await harness.control("PUT", "mastodon", { ...told, mimeTypes: ["image/png", "image/avif"] });
    const pictures = await asTold();
    expect(pictures.limits).toMatchObject({
      mediaTypes: ["image/png"],
      maxMediaBytes: 1_000_000,
      video: null,
    });
    expect(pictures.measure("https://example.com/a")).toBe(30);
    await harness.control("PUT", "mastodon", { mimeTypes: ["image/png", "video/mp4"] });
    expect((await asTold()).limits.video).toMatchObject({ mediaTypes: ["video/mp4"], maxBytes: 2_000_000 });
  });

  it("asks older servers in their own way, and is told why by one that says nothing", async () => {
    await harness.control("PUT", "mastodon", { instanceApi: 1, maxCharacters: 1_000 });
    expect((await asTold()).limits.textLength).toBe(1_000);
    await harness.control("PUT", "mastodon", { instanceApi: 0 });
    await expect(asTold()).rejects.toMatchObject({ code: "mastodon.rejected" });
  });

  it("notes what it sees while preparing, and goes by what is known where the server does not say", async () => {
    const noted: JsonObject[] = [];
    const note = async (seen: JsonObject) => void noted.push(seen);
    const prepare = (known: JsonObject | null, length: number) =>
      harness.connector.prepare(
        { ...harness.context(), accountLimits: { known, note } },
        { deliveryId: "noted", variant: content("x".repeat(length)), media: [], dueAt: new Date() },
      );
    await harness.control("PUT", "mastodon", { maxCharacters: 600 });
    await prepare(null, 600);
    expect(noted).toMatchObject([{ characters: 600 }]);
    await harness.control("PUT", "mastodon", { instanceApi: 0 });
    await prepare(noted[0] ?? null, 600);
    await expect(prepare(noted[0] ?? null, 601)).rejects.toMatchObject({ code: "mastodon.server_limit" });
    await expect(prepare(null, 501)).rejects.toMatchObject({ code: "mastodon.server_limit" });
    expect(noted).toHaveLength(1);
  });
});
