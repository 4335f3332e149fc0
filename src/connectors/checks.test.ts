import { expect, it } from "vitest";
import { commonProblems, withLink } from "./checks.ts";
import { x } from "./x/index.ts";

const variant = { parts: ["words"], firstComment: null, media: [], options: {} };

it.each([
  ["See https://example.com/news/more", "See https://example.com/news/more\n\nhttps://example.com/news"],
  ["See https://example.com/news.", "See https://example.com/news."],
])("the link stands after %j, unless it stands in it", (text, whole) => {
  const link = "https://example.com/news";
  expect(withLink({ ...variant, parts: [text], link })).toEqual([whole]);
});

it.each([
  ["https://example.com/news", null],
  ["HTTP://example.com", null],
  ["http://localhost:3000/a", null],
  ["example.com/news", "Write the link with https:// before it: https://example.com/news"],
  ["www.example.com", "Write the link with https:// before it: https://www.example.com"],
  // A browser's address bar would make an address of these; a platform that finds addresses in a text does not.
  ["https:example.com", "The link must start with https:// or http://."],
  ["https:\\\\example.com", "The link must start with https:// or http://."],
  ["javascript:alert(1)", "The link must start with https:// or http://."],
  ["ada@example.com", "The link must start with https:// or http://."],
  ["ftp://example.com", "The link must start with https:// or http://."],
])("a link %j: %j", (link, message) => {
  const rules = { ...x, compose: withLink };
  const found = commonProblems(rules, { ...variant, link }, []).filter(({ path }) => path === "/link");
  expect(found).toEqual(message === null ? [] : [{ path: "/link", code: "content.bad_link", message }]);
});
