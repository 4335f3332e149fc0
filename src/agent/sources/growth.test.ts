import { expect, test } from "vitest";
import { fitTitle } from "../drafting/fit.ts";
import { plainWords } from "../drafting/sentences.ts";
import { parseBrief } from "./brief.ts";
import { decodeBytes } from "./charset.ts";
import { feedFormat } from "./feed-root.ts";
import { takeFrontMatter } from "./front-matter.ts";
import { linkIn, withoutTracking } from "./links.ts";
import { structuredData } from "./structured-data.ts";
import { withoutReferences } from "./text-marks.ts";
import { isBotAnswer, wallOf } from "./walls.ts";

const page = { url: "https://a.example/", isArticle: false, isFree: null, tier: null };
const readers: Record<string, (text: string) => unknown> = {
  withoutReferences,
  feedFormat,
  linkIn,
  plainWords,
  parseBrief,
  fitTitle: (text) => fitTitle(text, 200),
  withoutTracking: (text) => withoutTracking(`https://a.example/?${text}`),
  decodeBytes: (text) => decodeBytes(Buffer.from(text), "text/html"),
  isBotAnswer: (text) => isBotAnswer({}, text),
  wallOf: (text) => wallOf({ ...page, html: text, title: text, paragraphs: [text] }),
  yaml: (text) => takeFrontMatter(`---\n${text}\n---\n`),
  toml: (text) => takeFrontMatter(`+++\n${text}\n+++\n`),
  structuredData: (text) => structuredData([text]),
};
const shapes = [
  ...'a .[(<&¹"“„«#*_`日。🎉'.split(""),
  "\n",
  "A. ",
  "[1",
  "[^a]:",
  "<meta ",
  "<meta charset=",
  "<!--",
  "<script>",
  "<?x ?>",
  "<!DOCTYPE [",
  "https://",
  "https://a.b/)",
  "utm_a=1&",
  "? ",
  "- ",
  "key: ",
  "&a *a ",
  "[[",
  '{"a":',
  "a = {",
  "subscribe ",
  "to read this ",
  "verifying you ",
];

/** Milliseconds of a processor; what others do on the machine does not count. */
function cost(read: (text: string) => unknown, text: string): number {
  const before = process.cpuUsage();
  read(text);
  return process.cpuUsage(before).user / 1000;
}

test.each(Object.entries(readers))(
  "%s takes time in proportion to the text",
  (_, read) => {
    for (const shape of shapes) {
      cost(read, shape.repeat(100));
      const small = Math.max(4, cost(read, shape.repeat(Math.ceil(1_500 / shape.length))));
      const large = cost(read, shape.repeat(Math.ceil(15_000 / shape.length)));
      // Ten times the text: its square would be a hundred.
      expect(large / small, JSON.stringify(shape)).toBeLessThan(50);
    }
  },
  60_000,
);
