import { describe, expect, test } from "vitest";
import type { Limits, MediaInfo, VariantContent } from "./contract.ts";
import { mediaProblems } from "./media-checks.ts";

const limits: Limits = {
  textLength: 100,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 2,
  maxMediaBytes: 1000,
  mediaTypes: ["image/png"],
  video: { mediaTypes: ["video/mp4"], maxBytes: 200_000_000, maxMs: 140_000, describes: false },
  document: { mediaTypes: ["application/pdf"], maxBytes: 100_000_000, maxPages: 300 },
  altTextLength: 10,
  firstComment: false,
};

function file(mediaId: string, mimeType: string, fields: Partial<MediaInfo> = {}): MediaInfo {
  const kind = { width: 8, height: 8, durationMs: null, pages: null };
  return { mediaId, sha256: "0".repeat(64), mimeType, bytes: 500, ...kind, ...fields };
}

const image = (id: string, fields?: Partial<MediaInfo>) => file(id, "image/png", fields);
const video = (fields?: Partial<MediaInfo>) => file("v", "video/mp4", { durationMs: 5000, ...fields });
const document = (fields?: Partial<MediaInfo>) =>
  file("d", "application/pdf", { width: 0, height: 0, pages: 3, ...fields });

function problems(files: MediaInfo[], rules: Partial<Limits> = {}, known = files) {
  const variant: VariantContent = {
    parts: ["Look"],
    link: null,
    media: files.map(({ mediaId }) => ({ mediaId, altText: "" })),
    firstComment: null,
    options: {},
  };
  return mediaProblems({ name: "Quill", limits: { ...limits, ...rules } }, variant, known);
}

describe("the files of a variant", () => {
  test("are two images, or one video, or one document", () => {
    expect(problems([image("a"), image("b")])).toEqual([]);
    expect(problems([video()])).toEqual([]);
    expect(problems([document()])).toEqual([]);
    expect(problems([video()], { maxMedia: 0 })).toEqual([]);
  });

  test("are never mixed", () => {
    for (const files of [
      [image("a"), video()],
      [document(), video()],
      [video(), video({ mediaId: "w" })],
    ]) {
      expect(problems(files)).toMatchObject([{ path: "/media", code: "content.media_mixed" }]);
    }
    expect(problems([image("a"), document()])[0]?.message).toBe(
      "A document goes out alone: take the other files out of this post, or the document.",
    );
  });

  test("are of a kind that the platform takes", () => {
    const none = { path: "/media/0", code: "content.media_type" };
    expect(problems([video()], { video: null })).toEqual([
      { ...none, message: "Quill takes no videos here." },
    ]);
    expect(problems([document()], { document: null })).toMatchObject([none]);
    expect(problems([video({ mimeType: "video/quicktime" })])).toMatchObject([none]);
    expect(problems([image("a", { mimeType: "image/gif" })])).toMatchObject([none]);
  });

  test("are small, short and thin enough", () => {
    expect(problems([video({ durationMs: 140_000, bytes: 200_000_000 })])).toEqual([]);
    expect(problems([video({ durationMs: 140_001 })])).toEqual([
      {
        path: "/media/0",
        code: "content.media_too_long",
        message: "Quill takes videos up to 2:20 minutes; this plays 2:21 minutes.",
      },
    ]);
    expect(problems([video({ bytes: 200_000_001 })])).toMatchObject([{ code: "content.media_too_large" }]);
    expect(problems([image("a", { bytes: 1001 })])).toMatchObject([{ code: "content.media_too_large" }]);
    expect(problems([document({ pages: 301 })])).toMatchObject([{ code: "content.media_too_many_pages" }]);
  });

  test("are not too many, and exist", () => {
    expect(problems([image("a"), image("b"), image("c")])).toMatchObject([
      { path: "/media", code: "content.too_many_media" },
    ]);
    expect(problems([image("a")], { maxMedia: 0 })[0]?.message).toBe("Quill takes no images here.");
    expect(problems([image("a")], {}, [])).toMatchObject([
      { path: "/media/0", code: "content.media_missing" },
    ]);
  });
});

test("a description of a video is refused where it would not arrive, and taken where it would", () => {
  const media = [{ mediaId: "v", altText: "A press" }];
  const variant: VariantContent = { parts: ["Look"], link: null, media, firstComment: null, options: {} };
  const codes = (describes: boolean) => {
    const rules = {
      ...limits,
      video: { mediaTypes: ["video/mp4"], maxBytes: 1000, maxMs: 10_000, describes },
    };
    return mediaProblems({ name: "Quill", limits: rules }, variant, [video()]).map(({ code }) => code);
  };
  expect(codes(false)).toEqual(["content.no_alt_text_for_videos"]);
  expect(codes(true)).toEqual([]);
  const picture = mediaProblems({ name: "Quill", limits }, variant, [image("v")]);
  expect(picture).toEqual([]);
});
