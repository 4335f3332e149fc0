import { decodeHTML } from "entities";
import type { AtomFeed, RssFeed } from "feedsmith";
import { parseAtomFeed, parseJsonFeed, parseRdfFeed, parseRssFeed } from "feedsmith";
import { sameAddress } from "#kit";
import { readDate } from "./dates.ts";
import { feedFormat } from "./feed-root.ts";
import { parseFragment } from "./html.ts";
import { withoutTracking } from "./links.ts";
import type { ParsedText } from "./parsed.ts";
import { ParseRefusal } from "./parsed.ts";

/** `bases`: what `xml:base` says from the outermost element inwards. */
type Entry = {
  id: string | null;
  title: string;
  link: string | null;
  bases: (string | undefined)[];
  language: string | null;
  paragraphs: () => string[];
  date: string | null;
};
type Feed = { entries: Entry[]; language: string | null };

/** One entry of an RSS, Atom, RDF or JSON feed: the one named by id, link or title, else the newest. */
export function parseFeedItem(text: string, url: string, item: string | null): ParsedText {
  const { entries, language } = read(text);
  const linked = entries.map((entry) => ({ ...entry, link: absolute(entry, url) }));
  const entry = item === null ? newest(linked) : named(linked, item, url);
  if (!entry)
    throw item === null ? new ParseRefusal("empty") : new ParseRefusal("no_such_item", item.slice(0, 200));
  const { title, link, date } = entry;
  return { title, language: entry.language ?? language, link, date, paragraphs: entry.paragraphs() };
}

/** By what the feed writes, or by the address that a person copies from a browser. */
function named(entries: Entry[], item: string, url: string): Entry | undefined {
  return (
    entries.find(({ id, title }) => id === item || title === item) ??
    entries.find((entry) => sameAddress(entry.link, absolute({ ...entry, link: item }, url)))
  );
}

/** Those without a date that can be read come after the others, in the feed's own order. */
function newest(entries: Entry[]): Entry | undefined {
  return entries.toSorted((left, right) => (right.date ?? "").localeCompare(left.date ?? ""))[0];
}

function absolute({ link, bases }: Entry, url: string): string | null {
  if (link === null) return null;
  const base = bases.reduce((outer: string, inner) => URL.parse(inner ?? "", outer)?.href ?? outer, url);
  const found = URL.parse(link, base);
  return found && /^https?:$/.test(found.protocol) ? withoutTracking(found.href) : null;
}

function read(text: string): Feed {
  const format = feedFormat(text);
  if (format === null) throw new ParseRefusal("not_a_feed");
  try {
    return readAs[format](text.replace(/^\ufeff/, ""));
  } catch {
    throw new ParseRefusal("not_a_feed");
  }
}

const readAs = { rss: readRss, atom: readAtom, rdf: readRdf, json: readJson };

function readRss(text: string): Feed {
  const feed = parseRssFeed(text);
  const entries = (feed.items ?? []).map((item) => rssEntry(item, feed.xml?.base));
  return { language: feed.language ?? null, entries };
}

function rssEntry(item: RssFeed.Item<string>, base: string | undefined): Entry {
  const { guid } = item;
  // A guid is the entry's address unless it says that it is none.
  const permalink =
    guid && guid.isPermaLink !== false && /^https?:\/\//.test(guid.value ?? "") ? guid.value : null;
  return {
    id: guid?.value ?? null,
    title: markedTitle(item.title ?? ""),
    link: item.link ?? permalink ?? null,
    bases: [base, item.xml?.base],
    language: item.xml?.lang ?? null,
    paragraphs: () => fromHtml(item.content?.encoded ?? item.description ?? ""),
    date: readDate(item.pubDate ?? item.dc?.dates?.[0] ?? ""),
  };
}

function readAtom(text: string): Feed {
  const feed = parseAtomFeed(text);
  const entries = (feed.entries ?? []).map((entry) => atomEntry(entry, feed.xml?.base));
  return { language: feed.xml?.lang ?? null, entries };
}

function atomEntry(entry: AtomFeed.Entry<string>, base: string | undefined): Entry {
  const link = entry.links?.find(({ rel }) => rel === undefined || rel === "alternate");
  const text = entry.content?.value === undefined ? entry.summary : entry.content;
  return {
    id: entry.id ?? null,
    title: typedTitle(entry.title),
    link: link?.href ?? null,
    bases: [base, entry.xml?.base],
    language: text?.xml?.lang ?? entry.xml?.lang ?? null,
    paragraphs: () => (isMarkup(text?.type) ? fromHtml(text?.value ?? "") : fromText(text?.value ?? "")),
    date: readDate(entry.published ?? "") ?? readDate(entry.updated ?? ""),
  };
}

/** RFC 4287, section 3.1.1: text where nothing is said. */
function isMarkup(type: string | undefined): boolean {
  return /^x?html$|[/+](?:x?html|xml)(?:$|[\s;+])/i.test(type ?? "text");
}

function typedTitle(title: AtomFeed.Text | undefined): string {
  return isMarkup(title?.type) ? parseFragment(title?.value ?? "").join(" ") : (title?.value ?? "");
}

function readRdf(text: string): Feed {
  const feed = parseRdfFeed(text);
  const entries = (feed.items ?? []).map((item): Entry => ({
    id: null,
    title: markedTitle(item.title ?? ""),
    link: item.link ?? null,
    bases: [feed.xml?.base, item.xml?.base],
    language: item.xml?.lang ?? null,
    paragraphs: () => fromHtml(item.content?.encoded ?? item.description ?? ""),
    date: readDate(item.dc?.dates?.[0] ?? ""),
  }));
  return { language: feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null, entries };
}

function readJson(text: string): Feed {
  const feed = parseJsonFeed(text);
  const entries = (feed.items ?? []).map((item): Entry => ({
    id: item.id ?? null,
    title: item.title ?? "",
    link: item.url ?? null,
    bases: [],
    language: item.language ?? null,
    paragraphs: () =>
      item.content_html === undefined
        ? fromText(item.content_text ?? item.summary ?? "")
        : fromHtml(item.content_html),
    date: readDate(item.date_published ?? "") ?? readDate(item.date_modified ?? ""),
  }));
  return { language: feed.language ?? null, entries };
}

/** A description without a tag keeps its own line breaks between paragraphs. */
function fromHtml(html: string): string[] {
  return /<[a-z!/]/i.test(html) ? parseFragment(html) : fromText(decodeHTML(html));
}

function fromText(text: string): string[] {
  return text.split(/\r?\n(?:[ \t]{0,100}\r?\n)+/);
}

/**
 * RSS does not say whether a title is text or HTML, and people write both: known tags are taken off and entities
 * resolved, other angle brackets are the author's.
 */
function markedTitle(title: string): string {
  return decodeHTML(
    title.replace(
      /<\/?(?:a|b|br|cite|code|em|font|i|img|mark|p|q|s|small|span|strong|sub|sup|u)(?:\s[^<>]{0,500})?\/?>/gi,
      "",
    ),
  );
}
