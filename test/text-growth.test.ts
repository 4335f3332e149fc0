import { connectorRegistry } from "#connectors";
import { expect, test } from "vitest";
import * as checks from "../src/connectors/checks.ts";
import * as facets from "../src/connectors/bluesky/facets.ts";
import * as mailRender from "../src/connectors/email/render.ts";
import * as littleText from "../src/connectors/linkedin/little-text.ts";
import * as mastodonRules from "../src/connectors/mastodon/rules.ts";
import * as mastodonText from "../src/connectors/mastodon/text.ts";
import * as sameText from "../src/connectors/meta-graph/same-text.ts";
import * as slug from "../src/connectors/site/slug.ts";
import * as entities from "../src/connectors/text/entities.ts";
import * as graphemes from "../src/connectors/text/graphemes.ts";
import * as markdownDepth from "../src/connectors/text/markdown-depth.ts";
import * as urls from "../src/connectors/text/urls.ts";
import * as validUrl from "../src/connectors/text/valid-url.ts";
import * as weightedLength from "../src/connectors/text/weighted-length.ts";
import * as csv from "../src/desk/import/csv.ts";
import * as searchWords from "../src/desk/posts.search.ts";
import * as addresses from "../src/kit/addresses.ts";
import * as direction from "../src/kit/direction.ts";
import * as html from "../src/kit/html.ts";
import * as invisible from "../src/kit/invisible.ts";
import * as mailAddress from "../src/kit/mail-address.ts";
import * as kitText from "../src/kit/text.ts";
import * as xml from "../src/kit/xml.ts";
import * as detector from "../src/platform/language/detector.ts";
import * as markdown from "../src/platform/rendering/markdown.ts";
import * as markdownParser from "../src/platform/rendering/markdown-parser.ts";
import * as plainHtml from "../src/platform/rendering/plain-html.ts";
import * as siteRender from "../src/site/render.ts";
import * as withLink from "../web/src/preview/with-link.ts";
import * as xPieces from "../web/src/preview/x-pieces.ts";
import * as markdownTree from "../web/src/ui/markdown-tree.ts";
import { growthOf, type Measured, steepest, steepOn } from "./growth.ts";
import { shapes } from "./text-shapes.ts";

const variant = (text: string) => ({
  parts: [text],
  link: "https://example.org/a",
  media: [],
  firstComment: null,
  options: { title: "T", subject: "S" },
});
const entry = (text: string) => ({
  id: "",
  slug: "",
  title: text,
  body: text,
  html: html.escapeHtml(text),
  text,
  language: null,
  link: "https://example.org/a",
  canonicalUrl: null,
  tags: [],
  media: [],
  publishedAt: new Date(0),
  updatedAt: new Date(0),
});
const links = {
  home: "",
  rss: "",
  atom: "",
  json: "",
  sitemap: "",
  entries: "",
  entry: () => "",
  media: () => "",
};

const reader = markdownParser.createMarkdown();

/** As a preview reads it while somebody types, also what `validate` refuses. */
function parsed(text: string) {
  try {
    return markdownParser.parseMarkdown(reader, text);
  } catch {
    return [];
  }
}

/** Every function that modules of text give away, and how it is called with a text; null: it takes none. */
const registered: [module: Record<string, unknown>, calls: Record<string, Measured | null>][] = [
  [
    checks,
    {
      commonProblems: null,
      firstCommentOf: null,
      lengthOf: null,
      withLink: (text) => checks.withLink(variant(text)),
    },
  ],
  [
    facets,
    { mentionedHandles: facets.mentionedHandles, facetsOf: (text) => facets.facetsOf(text, new Map()) },
  ],
  [
    mailRender,
    {
      renderMail: (text) =>
        mailRender.renderMail({
          subject: text,
          source: text,
          link: "https://example.org/a",
          images: [],
          body: { html: html.escapeHtml(text), text, language: null },
        }),
    },
  ],
  [littleText, { littleText: littleText.littleText, plainText: littleText.plainText }],
  [
    mastodonText,
    {
      mastodonLength: mastodonText.mastodonLength,
      statusLength: (text) => mastodonText.statusLength(text, text.slice(0, 200)),
      plainText: mastodonText.plainText,
    },
  ],
  [sameText, { sameText: (text) => sameText.sameText(text, `${text} `) }],
  [slug, { slugOf: slug.slugOf, isSlug: slug.isSlug }],
  [
    addresses,
    {
      mentionsAddress: (text) => addresses.mentionsAddress(text, "https://example.org/a"),
      sameAddress: (text) => addresses.sameAddress(text, "https://example.org/a"),
    },
  ],
  [entities, { findEntities: entities.findEntities }],
  [graphemes, { graphemes: null, countGraphemes: graphemes.countGraphemes }],
  [markdownDepth, { nestingProblem: (text) => markdownDepth.nestingProblem("", text) }],
  [urls, { findUrls: urls.findUrls }],
  [validUrl, { isValidUrl: (text) => validUrl.isValidUrl(text, "optional") }],
  [
    weightedLength,
    {
      weightedLength: (text) => weightedLength.weightedLength(text),
      hasForbiddenCharacter: weightedLength.hasForbiddenCharacter,
    },
  ],
  [
    searchWords,
    {
      patternOf: searchWords.patternOf,
      findPosts: null,
      termsOf: searchWords.termsOf,
      searchCondition: null,
      findQuery: (text) => searchWords.findQuery("", text, "slips"),
    },
  ],
  [
    csv,
    {
      decodeCsv: (text) => csv.decodeCsv(Buffer.from(text)),
      separated: (text) => csv.separated(text, (name) => name === "text"),
      readRecords: null,
      writeCsv: (text) => csv.writeCsv(["a"], [[text]]),
      unguarded: csv.unguarded,
    },
  ],
  [direction, { directionOf: direction.directionOf, directionOfLanguage: null }],
  [html, { escapeHtml: html.escapeHtml }],
  [
    invisible,
    { suspiciousCharacters: invisible.suspiciousCharacters, withoutSuspicious: invisible.withoutSuspicious },
  ],
  [
    mailAddress,
    {
      isMailAddress: mailAddress.isMailAddress,
      readableMailAddress: mailAddress.readableMailAddress,
      toMailAddress: mailAddress.toMailAddress,
    },
  ],
  [
    kitText,
    {
      wellFormedProblem: (text) => kitText.wellFormedProblem("", text),
      publishableProblem: (text) => kitText.publishableProblem("", text),
    },
  ],
  [xml, { xmlCharacters: xml.xmlCharacters, firstForbidden: xml.firstForbidden }],
  [detector, { readSample: detector.readSample }],
  [
    markdown,
    { renderMarkdown: (text) => markdownDepth.nestingProblem("", text) ?? markdown.renderMarkdown(text) },
  ],
  [markdownParser, { createMarkdown: null, parseMarkdown: parsed, targetOf: null, wordsOfPicture: null }],
  [markdownTree, { markdownTree: (text) => markdownTree.markdownTree(parsed(text)) }],
  [plainHtml, { plainHtml: plainHtml.plainHtml }],
  [
    siteRender,
    {
      ownLink: (text) => siteRender.ownLink(entry(text)),
      spokenIn: (text) => siteRender.spokenIn(entry(text)),
      wholeHtml: (text) => siteRender.wholeHtml(entry(text), links),
      excerptOf: (text) => siteRender.excerptOf(entry(text)),
    },
  ],
  [withLink, { withLink: (text) => withLink.withLink(variant(text)) }],
  [xPieces, { xPieces: xPieces.xPieces, cardSite: xPieces.cardSite }],
];

test("every function of text that a module gives away is measured", () => {
  for (const [module, calls] of registered) {
    const given = Object.keys(module).filter((name) => typeof module[name] === "function");
    expect(Object.keys(calls).sort()).toEqual(given.sort());
  }
});

function square(text: string): number {
  let sum = 0;
  for (let outer = 0; outer < text.length; outer += 1) {
    for (let inner = 0; inner < text.length; inner += 4) sum += text.charCodeAt(inner);
  }
  return sum;
}

test("what takes the square of its text is told", () => {
  expect(growthOf(square, { name: "", of: (length) => "a".repeat(length) })).toBeGreaterThan(steepest);
}, 60_000);

const largeServer = mastodonRules.rulesOf({ characters: 100_000 });
const measured: [name: string, call: Measured][] = [
  ...registered.flatMap(([, calls]) =>
    Object.entries(calls).flatMap(([name, call]): [string, Measured][] => (call ? [[name, call]] : [])),
  ),
  ...[...connectorRegistry().values()].flatMap((connector): [string, Measured][] => [
    [`measure of ${connector.id}`, (text) => connector.measure(text.toWellFormed())],
    [`validate of ${connector.id}`, (text) => connector.validate(variant(text), [])],
  ]),
  // Where a server takes as much as Galley believes of one, all of a text is counted.
  ["validate of mastodon on a large server", (text) => largeServer.validate(variant(text), [])],
];

test.each(measured)(
  "%s takes no more than n log n on any shape",
  (_, call) => {
    expect(steepOn(call, shapes)).toBe("");
  },
  180_000,
);
