import { expect, test } from "vitest";
import type { ConnectorContext } from "../contract.ts";
import { externalIdIn } from "../external-ids.ts";
import { facebook } from "./index.ts";
import { published } from "./publish.ts";

const variant = { parts: ["Soup"], link: null, media: [], firstComment: null, options: {} };

test.each([
  ["https://www.facebook.com/612001_22001", "612001_22001"],
  ["https://www.facebook.com/permalink.php?story_fbid=22001&id=612001", "612001_22001"],
  ["https://m.facebook.com/story.php?story_fbid=22001&id=612001", "612001_22001"],
  ["https://www.facebook.com/612001/posts/22001", "612001_22001"],
  ["https://www.facebook.com/reel/15001/", "15001"],
  ["https://www.facebook.com/galleykitchen/videos/15001", "15001"],
  ["https://www.facebook.com/galleykitchen/posts/pfbid02abc", null],
  ["https://facebook.com.example/612001_22001", null],
  ["https://example.com/?story_fbid=22001&id=612001", null],
  ["no address", null],
])("the id in %s is %s", (url, id) => {
  expect(externalIdIn(facebook, url)).toBe(id);
});

test("the address that Galley gives a video holds the id of the video", () => {
  const context = { settings: {} } as ConnectorContext;
  const { url } = published(context, "15001");
  expect(url).toBe("https://www.facebook.com/15001");
  expect(externalIdIn(facebook, url ?? "")).toBe("15001");
});

test("a link is a card under a text, and stands in the text beside photos", () => {
  const link = "https://example.com/soup";
  expect(facebook.compose({ ...variant, link })).toEqual(["Soup"]);
  const media = [{ mediaId: "m", altText: "" }];
  expect(facebook.compose({ ...variant, link, media })).toEqual([`Soup\n\n${link}`]);
});

test("a comment has a limit of its own", () => {
  const codes = facebook
    .validate({ ...variant, firstComment: "x".repeat(8_001) }, [])
    .map(({ code }) => code);
  expect(codes).toEqual(["facebook.comment_too_long"]);
  expect(facebook.validate({ ...variant, firstComment: "x".repeat(8_000) }, [])).toEqual([]);
});

test("alt text that would not arrive is a problem", () => {
  const info = { sha256: "", bytes: 1000, width: 640, height: 360, durationMs: 4_000, pages: null };
  const media = [{ mediaId: "v", mimeType: "video/mp4", ...info }];
  const codes = (altText: string) =>
    facebook.validate({ ...variant, media: [{ mediaId: "v", altText }] }, media).map(({ code }) => code);
  expect(codes("a pot")).toEqual(["content.no_alt_text_for_videos"]);
  expect(codes("")).toEqual([]);
});

test("it costs nothing, and counts posts only where the installation says so", () => {
  expect(facebook.price(variant, {})).toBeNull();
  expect(facebook.quotas({})).toEqual([]);
  expect(facebook.quotas({ postsPerDay: 25 })).toMatchObject([{ per: "account", limit: 25 }]);
});
