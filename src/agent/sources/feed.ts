import type { AnyFeed, AtomFeed, JsonFeed, RdfFeed, RssFeed } from "feedsmith";
import { parseFeed } from "feedsmith";
import { parseFragment } from "./html.ts";
import type { ParsedText } from "./parsed.ts";
import { ParseRefusal } from "./parsed.ts";

type Entry = { id: string | null; title: string; link: string | null; html: string; at: number };

/** One entry of an RSS, Atom, RDF or JSON feed: the one named by id, link or title, else the newest. */
export function parseFeedItem(text: string, url: string, item: string | null): ParsedText {
  const { entries, language } = read(text);
  const entry =
    item === null ? newest(entries) : entries.find((one) => [one.id, one.link, one.title].includes(item));
  if (!entry)
    throw item === null ? new ParseRefusal("empty") : new ParseRefusal("no_such_item", item.slice(0, 200));
  const link = entry.link ? (URL.parse(entry.link, url)?.href ?? null) : null;
  return { title: entry.title, language, link, paragraphs: parseFragment(entry.html) };
}

function newest(entries: Entry[]): Entry | undefined {
  return entries.toSorted((left, right) => right.at - left.at)[0];
}

function read(text: string): { entries: Entry[]; language: string | null } {
  const parsed = tryParse(text);
  switch (parsed.format) {
    case "rss":
      return { language: parsed.feed.language ?? null, entries: (parsed.feed.items ?? []).map(rssEntry) };
    case "atom":
      return { language: null, entries: (parsed.feed.entries ?? []).map(atomEntry) };
    case "rdf":
      return { language: null, entries: (parsed.feed.items ?? []).map(rdfEntry) };
    case "json":
      return { language: parsed.feed.language ?? null, entries: (parsed.feed.items ?? []).map(jsonEntry) };
  }
}

function rssEntry(item: RssFeed.Item<string>): Entry {
  return {
    id: item.guid?.value ?? null,
    title: item.title ?? "",
    link: item.link ?? null,
    html: item.content?.encoded ?? item.description ?? "",
    at: timeOf(item.pubDate ?? item.dc?.dates?.[0]),
  };
}

function atomEntry(entry: AtomFeed.Entry<string>): Entry {
  const link = entry.links?.find(({ rel }) => rel === undefined || rel === "alternate");
  return {
    id: entry.id ?? null,
    title: entry.title?.value ?? "",
    link: link?.href ?? null,
    html: entry.content?.value ?? entry.summary?.value ?? "",
    at: timeOf(entry.published ?? entry.updated),
  };
}

function rdfEntry(item: RdfFeed.Item<string>): Entry {
  return {
    id: null,
    title: item.title ?? "",
    link: item.link ?? null,
    html: item.content?.encoded ?? item.description ?? "",
    at: timeOf(item.dc?.dates?.[0]),
  };
}

function jsonEntry(item: JsonFeed.Item<string>): Entry {
  return {
    id: item.id ?? null,
    title: item.title ?? "",
    link: item.url ?? null,
    html: item.content_html ?? item.content_text ?? item.summary ?? "",
    at: timeOf(item.date_published),
  };
}

function tryParse(text: string): AnyFeed {
  try {
    return parseFeed(text);
  } catch {
    throw new ParseRefusal("not_a_feed");
  }
}

function timeOf(date: string | undefined): number {
  const time = date ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}
