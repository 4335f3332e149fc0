import { connectorRegistry } from "#connectors";
import { compose } from "../../src/agent/drafting/compose.ts";
import { digest } from "../../src/agent/drafting/digest.ts";
import { keyTags } from "../../src/agent/drafting/key-terms.ts";
import { requiredOptions } from "../../src/agent/drafting/options.ts";
import { visibleContent } from "../../src/agent/drafting/visible.ts";
import { decodeBytes } from "../../src/agent/sources/charset.ts";
import { cleaned } from "../../src/agent/sources/cleaned.ts";
import { parseFeedItem } from "../../src/agent/sources/feed.ts";
import { takeFrontMatter } from "../../src/agent/sources/front-matter.ts";
import { parseHtml } from "../../src/agent/sources/html.ts";
import { canonicalAddress, withoutTracking } from "../../src/agent/sources/links.ts";
import { referenceTo } from "../../src/agent/sources/material.ts";
import { structuredData } from "../../src/agent/sources/structured-data.ts";
import { isBotAnswer, wallOf } from "../../src/agent/sources/walls.ts";
import { splitAtBoundaries } from "../../src/agent/text/boundaries.ts";
import * as fit from "../../src/agent/text/fit.ts";
import * as sentences from "../../src/agent/text/sentences.ts";
import { isStopWord, meaningfulWords } from "../../src/agent/text/words.ts";
import { facetsOf } from "../../src/connectors/bluesky/facets.ts";
import * as checks from "../../src/connectors/checks.ts";
import { renderMail } from "../../src/connectors/email/render.ts";
import { instagramProblems } from "../../src/connectors/instagram/problems.ts";
import { likenessOf } from "../../src/connectors/likeness.ts";
import { rulesOf } from "../../src/connectors/mastodon/rules.ts";
import { statusLength } from "../../src/connectors/mastodon/text.ts";
import { sameText } from "../../src/connectors/meta-graph/same-text.ts";
import { site } from "../../src/connectors/site/index.ts";
import { nestingProblem } from "../../src/connectors/text/markdown-depth.ts";
import { isValidUrl } from "../../src/connectors/text/valid-url.ts";
import { x } from "../../src/connectors/x/index.ts";
import { likenessTo } from "../../src/connectors/x/match.ts";
import { partsToCell, textsToCell, tidied } from "../../src/desk/import/cell-forms.ts";
import * as csv from "../../src/desk/import/csv.ts";
import { interpret } from "../../src/desk/import/interpret.ts";
import { versionHash } from "../../src/desk/model/binding.ts";
import { checkVariants } from "../../src/desk/model/check.ts";
import { findQuery } from "../../src/desk/views/posts.search.read.ts";
import * as print from "../../src/edge/cli/print.ts";
import { mentionsAddress, sameAddress, webAddress } from "../../src/kit/addresses.ts";
import { escapeHtml } from "../../src/kit/html.ts";
import { publishableProblem, wellFormedProblem } from "../../src/kit/text.ts";
import { trimEndOf } from "../../src/kit/trim.ts";
import { malformation } from "../../src/platform/mail/compose.ts";
import { createMarkdown, parseMarkdown } from "../../src/platform/rendering/markdown-parser.ts";
import { renderMarkdown } from "../../src/platform/rendering/markdown.ts";
import * as siteRender from "../../src/site/render.ts";
import * as feeds from "../../src/site/site.feeds.ts";
import * as pages from "../../src/site/site.pages.ts";
import { findsZone } from "../../web/src/account/time-zones.ts";
import { formatList } from "../../web/src/lib/format.ts";
import { withLink } from "../../web/src/preview/with-link.ts";
import { programOf } from "../../web/src/settings/program-of.ts";
import { markdownTree } from "../../web/src/ui/markdown-tree.ts";
import type { Measured } from "../support/growth.ts";

const link = "https://example.org/a";
const url = "https://a.example/";
const at = new Date(0);
const content = (text: string) => ({
  parts: [text],
  link,
  media: [],
  firstComment: null,
  options: { title: "T", subject: "S" },
});
const parsed = (text: string) => ({ title: text, language: "en", link, date: null, paragraphs: [text] });
const material = (text: string) => ({ ...parsed(text), kind: "url" as const, url, sha256: "" });
const page = { url, isArticle: false, isFree: null, tier: null };
const entry = (text: string) => ({
  id: "",
  slug: "",
  title: text,
  body: text,
  html: escapeHtml(text),
  text,
  language: null,
  link,
  canonicalUrl: null,
  tags: [],
  media: [],
  publishedAt: at,
  updatedAt: at,
});
const home = {
  workspaceId: "",
  slug: "",
  title: "",
  description: "",
  language: "en",
  public: true,
  updatedAt: at,
};
const nowhere = {
  home: "",
  rss: "",
  atom: "",
  json: "",
  sitemap: "",
  entries: "",
  entry: () => "",
  media: () => "",
};
const table = { delimiter: ",", width: 2, least: 1, mostRecords: 5_000 };
const connectors = connectorRegistry();
const channel = {
  id: "",
  connector: "telegram",
  handle: "@ada",
  displayName: "Ada",
  status: "connected" as const,
  paused: false,
  scopes: [],
  appValues: null,
  accountLimits: null,
  target: { hash: null, words: null, changedAt: null },
};
const around = { channels: [channel], connectors, zone: "UTC", now: at };
const judging = { connectors, connectorSettings: {}, channels: new Map([["", channel]]), media: new Map() };

const reader = createMarkdown();

/** As a preview reads it while somebody types, also what `validate` refuses. */
function tokensOf(text: string) {
  try {
    return parseMarkdown(reader, text);
  } catch {
    return [];
  }
}

/** Functions that take more than a text, by file and name, each as it is called with one. The others call themselves. */
export const calls: Record<string, Measured> = {
  "src/agent/text/boundaries.ts splitAtBoundaries": (text) => splitAtBoundaries(text, "de"),
  "src/agent/drafting/compose.ts compose": (text) => {
    const composition = { digest: digest({ ...parsed(text), title: "T" }), link, language: "en" };
    for (const connector of [x, site]) compose(connector, composition);
  },
  "src/agent/drafting/digest.ts digest": (text) => digest({ ...parsed(text), title: "T" }),
  "src/agent/text/fit.ts fitText": (text) => fit.fitText(text, "en", ({ length }) => length < 280),
  "src/agent/text/fit.ts fitWords": (text) => fit.fitWords(text, ({ length }) => length < 280),
  "src/agent/text/fit.ts fitTitle": (text) => fit.fitTitle(text, 200),
  "src/agent/drafting/key-terms.ts keyTags": (text) => keyTags(text, text, "en", 5),
  "src/agent/drafting/options.ts requiredOptions": (text) => requiredOptions(site, text),
  "src/agent/text/sentences.ts splitSentences": (text) => sentences.splitSentences([text], "en"),
  "src/agent/text/sentences.ts sentencesOf": (text) => sentences.sentencesOf(text, "en"),
  "src/agent/text/sentences.ts joinSentences": (text) => sentences.joinSentences(text.split(" ")),
  "src/agent/drafting/visible.ts visibleContent": (text) => visibleContent(content(text)),
  "src/agent/text/words.ts meaningfulWords": (text) => meaningfulWords(text, "en"),
  "src/agent/text/words.ts isStopWord": (text) => isStopWord(text, "en"),
  "src/agent/sources/charset.ts decodeBytes": (text) => decodeBytes(Buffer.from(text), "text/html"),
  "src/agent/sources/cleaned.ts cleaned": (text) => cleaned(parsed(text)),
  "src/agent/sources/feed.ts parseFeedItem": (text) =>
    parseFeedItem(`<rss><channel><item>${text}</item></channel></rss>`, url, null),
  "src/agent/sources/front-matter.ts takeFrontMatter, yaml": (text) => takeFrontMatter(`---\n${text}\n---\n`),
  "src/agent/sources/front-matter.ts takeFrontMatter, toml": (text) => takeFrontMatter(`+++\n${text}\n+++\n`),
  "src/agent/sources/html.ts parseHtml": (text) => parseHtml(text, url),
  "src/agent/sources/links.ts withoutTracking, of a query": (text) => withoutTracking(`${url}?${text}`),
  "src/agent/sources/links.ts canonicalAddress": (text) => canonicalAddress(text, { url, base: url }),
  "src/agent/sources/material.ts referenceTo": (text) => referenceTo(material(text)),
  "src/agent/sources/structured-data.ts structuredData": (text) => structuredData([text]),
  "src/agent/sources/walls.ts wallOf": (text) =>
    wallOf({ ...page, html: text, title: text, paragraphs: [text] }),
  "src/agent/sources/walls.ts isBotAnswer": (text) => isBotAnswer({}, text),
  "src/connectors/bluesky/facets.ts facetsOf": (text) => facetsOf(text, new Map()),
  "src/connectors/checks.ts withLink": (text) => checks.withLink(content(text)),
  "src/connectors/email/render.ts renderMail": (text) => {
    const body = { html: escapeHtml(text), text, language: null };
    return renderMail({ subject: text, source: text, link, images: [], body });
  },
  "src/connectors/likeness.ts likenessOf": (text) => likenessOf(false, { text }, { text: `a${text}`, link }),
  "src/connectors/instagram/problems.ts instagramProblems": (text) =>
    instagramProblems(content(text), text, []),
  "src/connectors/mastodon/rules.ts rulesOf, of a server that takes most": (text) =>
    rulesOf({ characters: 100_000 }).validate(content(text), []),
  "src/connectors/mastodon/text.ts statusLength": (text) => statusLength(text, text.slice(0, 200)),
  "src/connectors/meta-graph/same-text.ts sameText": (text) => sameText(text, `${text} `),
  "src/connectors/text/markdown-depth.ts nestingProblem": (text) => nestingProblem("", text),
  "src/connectors/text/valid-url.ts isValidUrl": (text) => isValidUrl(text, "optional"),
  "src/connectors/x/match.ts likenessTo": (text) =>
    likenessTo({ id: "1", text, entities: { urls: [{ url: link }] } }, { text, mediaCount: 0, thread: null }),
  "src/desk/model/binding.ts versionHash": (text) =>
    versionHash([{ channelId: "", content: content(text.toWellFormed()) }], new Map()),
  "src/desk/model/check.ts checkVariants": (text) =>
    checkVariants([{ channelId: "", content: content(text) }], judging),
  "src/desk/import/cell-forms.ts partsToCell": (text) => partsToCell([text]),
  "src/desk/import/cell-forms.ts textsToCell": (text) => textsToCell([text]),
  "src/desk/import/cell-forms.ts tidied": (text) => [tidied("text", text), tidied("alt text", text)],
  "src/desk/import/csv.ts decodeCsv": (text) => csv.decodeCsv(Buffer.from(text)),
  "src/desk/import/csv.ts separated": (text) => csv.separated(text, (name) => name === "text"),
  "src/desk/import/csv.ts readRecords": (text) => csv.readRecords(text, table),
  "src/desk/import/csv.ts writeCsv": (text) => csv.writeCsv(["a"], [[text]]),
  "src/desk/import/interpret.ts interpret": (text) =>
    interpret({ text, channels: text, media: text, "alt text": text, options: text, date: text }, around),
  "src/desk/views/posts.search.read.ts findQuery": (text) => findQuery("", text, "slips"),
  "src/edge/cli/print.ts table": (text) => print.table(["a"], [[text]]),
  "src/kit/addresses.ts webAddress": (text) => webAddress(`${url}${text}`),
  "src/kit/addresses.ts sameAddress": (text) => sameAddress(text, link),
  "src/kit/addresses.ts mentionsAddress": (text) => mentionsAddress(text, link),
  "src/kit/text.ts wellFormedProblem": (text) => wellFormedProblem("", text),
  "src/kit/text.ts publishableProblem": (text) => publishableProblem("", text),
  "src/kit/trim.ts trimEndOf": (text) => trimEndOf(text, /\s/u),
  "src/platform/mail/compose.ts malformation": (text) => {
    const from = { name: text, address: "ada@example.org" };
    const headers = { "X-Text": text };
    const mail = { messageId: "<a@b.c>", from, to: [text], subject: text, date: at, inline: [] };
    return malformation({ ...mail, headers, text, html: text });
  },
  // A text that is nested too deeply is refused before.
  "src/platform/rendering/markdown.ts renderMarkdown": (text) =>
    nestingProblem("", text) ?? renderMarkdown(text),
  "src/site/render.ts ownLink": (text) => siteRender.ownLink(entry(text)),
  "src/site/render.ts spokenIn": (text) => siteRender.spokenIn(entry(text)),
  "src/site/render.ts wholeHtml": (text) => siteRender.wholeHtml(entry(text), nowhere),
  "src/site/render.ts excerptOf": (text) => siteRender.excerptOf(entry(text)),
  "src/site/site.feeds.ts rssOf": (text) => feeds.rssOf(home, [entry(text)], nowhere),
  "src/site/site.feeds.ts atomOf": (text) => feeds.atomOf(home, [entry(text)], nowhere),
  "src/site/site.feeds.ts jsonFeedOf": (text) => feeds.jsonFeedOf(home, [entry(text)], nowhere),
  "src/site/site.pages.ts listPage": (text) => pages.listPage(home, [entry(text)], nowhere, null),
  "src/site/site.pages.ts entryPage": (text) => pages.entryPage(home, entry(text), nowhere),
  "web/src/account/time-zones.ts findsZone": (text) => findsZone("Europe/Berlin", text, ["CET"]),
  "web/src/lib/format.ts formatList": (text) => formatList(text.split(" ")),
  "web/src/preview/with-link.ts withLink": (text) => withLink(content(text)),
  "web/src/ui/markdown-tree.ts markdownTree": (text) => markdownTree(tokensOf(text)),
  "web/src/settings/program-of.ts programOf": (text) => programOf(text),
};

const handsOn = "hands the text on as it is";
const reachesOut = "hands the text to a server or a thread; what comes before is measured by itself";
const inAThread =
  "takes the square on some shapes, in a thread that is ended after ten seconds of a processor";
const byPlatform = "is a part of `validate`, `compose` or `price`, which are measured for every platform";
const ownWords = "takes words of our own";

/** Why a function that takes a text is not measured. */
export const excused: Record<string, string> = {
  "src/agent/drafting/variant.ts fits": byPlatform,
  "src/agent/drafting/variant.ts plainVariant": handsOn,
  "src/agent/sources/markdown.ts parseMarkdown": inAThread,
  "src/agent/sources/language.ts languageOf": "is readSample, which is measured",
  "src/channels/model/errors.ts channelError": ownWords,
  "src/channels/connect/oauth-errors.ts platformError": handsOn,
  "src/connectors/checks.ts commonProblems": byPlatform,
  "src/connectors/checks.ts firstCommentOf": handsOn,
  "src/connectors/checks.ts lengthOf": byPlatform,
  "src/connectors/facebook/publish.ts composeParts": byPlatform,
  "src/connectors/instagram/container.ts createContainer": reachesOut,
  "src/connectors/linkedin/post.ts hasCard": byPlatform,
  "src/connectors/linkedin/post.ts composed": byPlatform,
  "src/connectors/media-checks.ts mediaProblems": byPlatform,
  "src/connectors/meta-graph/listing.ts readList": reachesOut,
  "src/connectors/quotas.ts postsIn": "counts parts",
  "src/connectors/text/rendered-text.ts renderedText": reachesOut,
  "src/connectors/x/match.ts createdAtOf": "reads a moment",
  "src/connectors/x/posts.ts postedTexts": byPlatform,
  "src/delivery/model/doubt.ts seenPosts": "looks at addresses and dates",
  "src/delivery/quarantine/marker.ts findPlace": "reads an address of the configuration",
  "src/delivery/quarantine/marker.ts readMarker": "reads what writeMarker wrote",
  "src/delivery/quarantine/marker.ts writeMarker": "writes what Galley itself knows",
  "src/desk/model/binding.ts mediaOf": "looks at files",
  "src/connectors/likeness.ts showsUploads": "looks at the ids of files",
  "src/desk/model/check.ts textProblems": "is a part of checkVariants, which is measured",
  "src/desk/media/images.ts wrongType": ownWords,
  "src/desk/api/posts.wire.ts variantsToWire": handsOn,
  "src/desk/posts/review.ts requestChanges": reachesOut,
  "src/edge/cli/completion.ts asksForCompletion": "reads what a person typed into a terminal of their own",
  "src/platform/files/whole.ts writeWhole": "writes bytes as they are",
  "src/platform/language/index.ts readLanguage": "is readSample, which is measured",
  "src/platform/mail/compose.ts compose": reachesOut,
  "src/platform/mail/letter.ts sendLetter": reachesOut,
  "src/platform/mail/letter.ts mailPage": handsOn,
  "src/platform/rendering/markdown-parser.ts parseMarkdown": "is a part of markdownTree, which is measured",
  "src/platform/rendering/readable-text.ts readableText": "is a part of renderMarkdown, which is measured",
  "src/platform/rendering/markdown-parser.ts targetOf": "reads an address of a parsed text",
  "src/platform/rendering/markdown-parser.ts wordsOfPicture": handsOn,
  "src/site/site.feeds.ts sitemapOf": "looks at addresses and dates",
};
