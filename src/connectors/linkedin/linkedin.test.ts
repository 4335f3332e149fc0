import { describe, expect, test } from "vitest";
import type { Connector, MediaInfo, VariantContent } from "../contract.ts";
import { urnIn } from "./addresses.ts";
import { linkedIn, linkedInPage } from "./index.ts";

function variant(fields: Partial<VariantContent> = {}): VariantContent {
  return { parts: ["Hello"], link: null, media: [], firstComment: null, options: {}, ...fields };
}

function info(mimeType: string, fields: Partial<MediaInfo> = {}): MediaInfo {
  const kind = { width: 640, height: 480, durationMs: null, pages: null };
  return { mediaId: "m", sha256: "0".repeat(64), mimeType, bytes: 200_000, ...kind, ...fields };
}

function codes(fields: Partial<VariantContent>, files: MediaInfo[] = []): string[] {
  const media = files.map(({ mediaId }) => ({ mediaId, altText: "" }));
  return linkedIn.validate(variant({ media, ...fields }), files).map(({ code }) => code);
}

describe("what LinkedIn would refuse", () => {
  test("is nothing about a video, a PDF, or a link", () => {
    expect(codes({}, [info("video/mp4", { durationMs: 5_000 })])).toEqual([]);
    expect(codes({}, [info("application/pdf", { pages: 300 })])).toEqual([]);
    expect(codes({ link: "https://example.com/" })).toEqual([]);
  });

  test("is a video too short, an image too large, a carousel too long", () => {
    expect(codes({}, [info("video/mp4", { durationMs: 2_999 })])).toEqual(["linkedin.video_too_short"]);
    expect(codes({}, [info("video/mp4", { durationMs: 4_000, bytes: 74_999 })])).toEqual([
      "linkedin.video_too_short",
    ]);
    expect(codes({}, [info("image/png", { width: 7_000, height: 6_000 })])).toEqual([
      "linkedin.too_many_pixels",
    ]);
    expect(codes({}, [info("application/pdf", { pages: 301 })])).toEqual(["content.media_too_many_pages"]);
    expect(codes({}, [info("image/webp")])).toEqual(["content.media_type"]);
  });

  test("is a long comment, and a card beside files", () => {
    expect(codes({ firstComment: "x".repeat(1_250) })).toEqual([]);
    expect(codes({ firstComment: "x".repeat(1_251) })).toEqual(["linkedin.comment_too_long"]);
    const link = "https://example.com/";
    const two = [info("image/png", { mediaId: "a" }), info("image/png", { mediaId: "b" })];
    expect(codes({ link, options: { linkAs: "A card" } }, two)).toEqual(["linkedin.card_with_files"]);
    expect(codes({ link, options: { linkAs: "A card" } }, two.slice(1))).toEqual([]);
    expect(codes({ link }, two)).toEqual([]);
  });
});

test("the text holds the link only where no card shows it", () => {
  const link = "https://example.com/";
  expect(linkedIn.compose(variant({ link }))).toEqual(["Hello"]);
  expect(linkedIn.compose(variant({ link, media: [{ mediaId: "m", altText: "" }] }))).toEqual([
    "Hello\n\nhttps://example.com/",
  ]);
  expect(linkedIn.compose(variant({ link, options: { linkAs: "In the text" } }))).toEqual([
    "Hello\n\nhttps://example.com/",
  ]);
});

test.each([
  ["https://www.linkedin.com/feed/update/urn:li:share:7123/", "urn:li:share:7123"],
  ["https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A7123", "urn:li:ugcPost:7123"],
  [
    "https://www.linkedin.com/posts/ada-l_words-and-more-activity-7123-Ab_c?utm_source=share",
    "urn:li:activity:7123",
  ],
  ["https://www.linkedin.com/posts/garden-works_shade-ugcPost-7123-xY1z/", "urn:li:ugcPost:7123"],
  [
    "https://www.linkedin.com/feed/update/urn:li:share:7123/?commentUrn=urn%3Ali%3Acomment%3A(urn%3Ali%3Ashare%3A7123%2C99)",
    "urn:li:comment:(urn:li:share:7123,99)",
  ],
  ["https://www.linkedin.com/in/ada/", null],
  ["javascript:urn:li:share:7123", null],
  ["not an address", null],
])("the post at %s", (address, urn) => {
  expect(urnIn(address)).toBe(urn);
});

test("the API's version is a setting with an end", () => {
  expect(linkedIn.apiVersion?.({})).toEqual({ name: "202607", endsAt: new Date("2027-07-01T00:00:00Z") });
  expect(linkedIn.apiVersion?.({ apiVersion: "" })).toMatchObject({ name: "202607" });
  expect(linkedIn.apiVersion?.({ apiVersion: "202603" })).toEqual({
    name: "202603",
    endsAt: new Date("2027-03-16T00:00:00Z"),
  });
  expect(() => linkedIn.apiVersion?.({ apiVersion: "2026-07" })).toThrow("apiVersion");
});

test("quotas are LinkedIn's, or what an app was granted", () => {
  expect(linkedIn.quotas({}).map(({ per, limit }) => [per, limit])).toEqual([
    ["account", 150],
    ["app", 100_000],
  ]);
  expect(linkedInPage.quotas({ postsPerDay: "500" })[0]).toMatchObject({ limit: 500, windowMs: 86_400_000 });
});

test("only a Page can be read back, and only a profile has connections", () => {
  expect(linkedIn.locate).toBe("unsupported");
  expect(linkedInPage.locate).not.toBe("unsupported");
  expect(visibilitiesOf(linkedIn)).toContain("Connections only");
  expect(visibilitiesOf(linkedInPage)).not.toContain("Connections only");
});

function visibilitiesOf(connector: Connector): string[] | undefined {
  return connector.options.find(({ key }) => key === "visibility")?.choices;
}
