import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { readDate } from "./dates.ts";
import { canonicalAddress } from "./links.ts";
import type { ParsedText } from "./parsed.ts";
import { ParseRefusal } from "./parsed.ts";
import { structuredData } from "./structured-data.ts";
import { raisedText } from "./text-marks.ts";
import { wallOf } from "./walls.ts";

/** The part of the DOM that is used here; the server has no DOM types. */
type PageNode = {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<PageNode>;
};
type PageElement = PageNode & { getAttribute(name: string): string | null; remove(): void };
type Page = {
  body: PageElement | null;
  documentElement: PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
};

/** No page that people write nests half as deep; Readability's time grows with the square of it. */
const deepestNesting = 1_000;
/** Void elements, and those whose end tag an author may leave out. */
const endsItself = new Set(
  "AREA BASE BR COL EMBED HR IMG INPUT LINK META SOURCE TRACK WBR P LI DT DD TD TH TR OPTION PATH".split(" "),
);
const elementNode = 1;
const textNode = 3;
/** Elements whose text is no part of the article's sentences. */
const skipped = new Set(
  "HEAD TITLE SCRIPT STYLE NOSCRIPT TEMPLATE SVG MATH NAV FOOTER FORM BUTTON SELECT IFRAME FIGCAPTION PRE H1 H2 H3 H4 H5 H6".split(
    " ",
  ),
);
const inline = new Set(
  "A ABBR B BDI BDO CITE CODE DATA DEL DFN EM FONT I INS KBD LABEL MARK Q S SAMP SMALL SPAN STRONG SUB SUP TIME U VAR".split(
    " ",
  ),
);

/** Lists of notes, and the marks in a text that lead to them (DPUB-ARIA, MediaWiki, Pandoc, common themes). */
const references = [
  "sup.reference",
  "ol.references",
  ".reflist",
  ".footnotes",
  ".footnote-ref",
  ".footnote-backref",
  ".mw-editsection",
  ".mw-cite-backlink",
  '[role="doc-noteref"]',
  '[role="doc-backlink"]',
  '[role="doc-endnotes"]',
  '[role="doc-footnote"]',
  'a[rel="footnote"]',
  'a[rev="footnote"]',
].join(",");

/**
 * The article of a page by Mozilla's Readability, or the text of the whole body where it finds none.
 *
 * @throws ParseRefusal `bot_wall`, `paywall` and the other walls, `empty`, `too_complex`
 */
export function parseHtml(html: string, url: string): ParsedText {
  if (nesting(html) > deepestNesting) throw new ParseRefusal("too_complex");
  const page: Page = parseHTML(whole(html)).document;
  const facts = factsOf(page);
  const base = URL.parse(page.querySelector("base[href]")?.getAttribute("href") ?? "", url)?.href ?? url;
  const canonical = page.querySelector('link[rel~="canonical"]')?.getAttribute("href") ?? null;
  const link = canonicalAddress(canonical, { url, base });
  dropReferences(page);
  const all = page.body ? paragraphsOf(page.body) : [];
  const readable = parseHTML(whole(html)).document;
  dropReferences(readable as Page);
  const article = new Readability<PageNode>(readable, {
    maxElemsToParse: 60_000,
    serializer: (node) => node,
  }).parse();
  const fromArticle = article?.content ? paragraphsOf(article.content) : [];
  const paragraphs = fromArticle.length > 0 ? fromArticle : all;
  const title = [article?.title, facts.heading].find((text) => text?.trim()) ?? "";
  const wall = wallOf({ ...facts, url, html, title: facts.heading || title, paragraphs: all });
  if (wall) throw new ParseRefusal(wall);
  if (paragraphs.length === 0) throw new ParseRefusal("empty");
  const language = facts.language ?? article?.lang ?? null;
  return { title, language, link, date: facts.date, paragraphs };
}

function factsOf(page: Page) {
  const meta = (...names: string[]) => {
    for (const name of names) {
      const found = page
        .querySelector(`meta[property="${name}"],meta[name="${name}"]`)
        ?.getAttribute("content");
      if (found?.trim()) return found.trim();
    }
    return null;
  };
  const scripts = [...page.querySelectorAll('script[type="application/ld+json"]')];
  const data = structuredData(scripts.map((script) => script.textContent ?? ""));
  const published = meta("article:published_time", "datePublished", "date", "dcterms.date") ?? data.published;
  return {
    heading: (page.querySelector("h1") ?? page.querySelector("title"))?.textContent?.trim() ?? "",
    language: page.documentElement?.getAttribute("lang") ?? meta("og:locale"),
    date: published === null ? null : readDate(published),
    isArticle: data.isArticle || meta("og:type") === "article" || page.querySelector("article p") !== null,
    isFree: data.isFree,
    tier: meta("article:content_tier"),
  };
}

/** Takes out what only points at notes, and the notes. */
function dropReferences(page: Page): void {
  for (const element of page.querySelectorAll(references)) element.remove();
  for (const element of page.querySelectorAll('a[href^="#"]')) {
    if (/^\s*[[(]?(?:\d{1,3}|[*†‡§¶↑↩^])[\])]?\s*(?:\ufe0e|\ufe0f)?$/u.test(element.textContent ?? ""))
      element.remove();
  }
}

/** The deepest nesting of elements that need an end tag; a rough count, made before anything is parsed. */
function nesting(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (endsItself.has(name.toUpperCase())) continue;
    depth = slash === "/" ? Math.max(0, depth - 1) : depth + 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Paragraphs of a fragment, as a feed carries it. */
export function parseFragment(html: string): string[] {
  const page: Page = parseHTML(whole(html)).document;
  return page.body ? paragraphsOf(page.body) : [];
}

/**
 * linkedom adds no element that the HTML standard lets an author leave out, and then mistakes what is
 * there for something else; so the three that frame a page are written out first.
 */
function whole(html: string): string {
  const page = /<html[\s>]/i.test(html) ? html : `<!doctype html><html>${html}</html>`;
  const hasHead = /<head[\s>]/i.test(page);
  const hasBody = /<body[\s>]/i.test(page);
  if (hasHead && hasBody) return page;
  if (hasHead) return page.replace(/<\/head>/i, "</head><body>");
  if (!hasBody) return page.replace(/<html(?:\s[^<>]*)?>/i, "$&<head></head><body>");
  return page.replace(/<html(?:\s[^<>]*)?>/i, "$&<head>").replace(/<body[\s>]/i, "</head>$&");
}

/** Text between block boundaries, in order. Walks with a stack of its own: pages nest deeper than calls may. */
function paragraphsOf(root: PageNode): string[] {
  const paragraphs: string[] = [];
  let current = "";
  function flush(): void {
    if (current.trim() !== "") paragraphs.push(current);
    current = "";
  }
  const stack: (PageNode | "boundary")[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === "boundary") flush();
    else if (node.nodeType === textNode) current += node.textContent ?? "";
    else if (node.nodeType === elementNode) {
      const name = node.nodeName.toUpperCase();
      if (!inline.has(name)) flush();
      if (name === "BR") current += " ";
      if (name === "SUP") {
        current += raisedText(node.textContent ?? "");
        continue;
      }
      if (skipped.has(name)) continue;
      if (!inline.has(name)) stack.push("boundary");
      stack.push(...[...node.childNodes].toReversed());
    }
  }
  flush();
  return paragraphs;
}
