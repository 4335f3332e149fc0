import { expect, test } from "vitest";
import type { Limits } from "../../api/types.ts";
import { acceptedTypes, refusal, takesMedia, undescribed } from "./media-limits.ts";

const limits: Limits = {
  textLength: 100,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 0,
  maxMediaBytes: 0,
  mediaTypes: ["image/png"],
  video: { mediaTypes: ["video/mp4"], maxBytes: 1000, maxMs: 1000, describes: true },
  document: null,
  altTextLength: 100,
  firstComment: false,
};

test("a file that the channel does not take is refused before it travels", () => {
  const video = { name: "a.mp4", type: "video/mp4", size: 1000 };
  expect(refusal(video, limits)).toBeNull();
  expect(refusal({ ...video, size: 1001 }, limits)).toContain("larger");
  expect(refusal({ ...video, type: "video/quicktime" }, limits)).toContain("kind");
  expect(refusal({ name: "a.pdf", type: "application/pdf", size: 1 }, limits)).toContain("kind");
  expect(refusal({ name: "a.png", type: "image/png", size: 1 }, limits)).toContain("kind");
  expect(refusal({ name: "a.png", type: "image/png", size: 1 }, { ...limits, maxMedia: 1 })).toBeNull();
});

test("the file dialog offers what the channel takes", () => {
  expect(acceptedTypes(limits)).toEqual(["video/mp4"]);
  expect(takesMedia(limits)).toBe(true);
  expect(takesMedia({ ...limits, video: null })).toBe(false);
});

test("a description that would not arrive is told before it is written", () => {
  const video = { mimeType: "video/mp4" };
  const silent: Limits = { ...limits, video: { mediaTypes: [], maxBytes: 1, maxMs: 1, describes: false } };
  expect(undescribed(video, limits)).toBeNull();
  expect(undescribed({ mimeType: "image/png" }, silent)).toBeNull();
  expect(undescribed(video, silent)).toContain("videos");
  expect(undescribed(video, { ...limits, altTextLength: 0 })).toContain("no place");
});
