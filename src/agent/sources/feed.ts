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
      return {
        language: parsed.feed.language ?? null,
        entries: (parsed.feed.items ?? []).map((item) => ({
          ...titled(item.title, item.link),
          id: item.guid?.value ?? null,
          html: item.content?.encoded ?? item.description ?? "",
          at: timeOf(item.pubDate ?? item.dc?.dates?.[0]),
        })),
      };
    case "atom":
      return {
        language: null,
        entries: (parsed.feed.entries ?? []).map((entry) => ({
          ...titled(
            textOf(entry.title),
            entry.links?.find((link) => (link.rel ?? "alternate") === "alternate")?.href,
          ),
          id: entry.id ?? null,
          html: textOf(entry.content) ?? textOf(entry.summary) ?? "",
          at: timeOf(entry.published ?? entry.updated),
        })),
      };
    case "rdf":
      return {
        language: null,
        entries: (parsed.feed.items ?? []).map((item) => ({
          ...titled(item.title, item.link),
          id: null,
          html: item.content?.encoded ?? item.description ?? "",
          at: timeOf(item.dc?.dates?.[0]),
        })),
      };
    case "json":
      return {
        language: parsed.feed.language ?? null,
        entries: (parsed.feed.items ?? []).map((item) => ({
          ...titled(item.title, item.url),
          id: item.id ?? null,
          html: item.content_html ?? item.content_text ?? item.summary ?? "",
          at: timeOf(item.date_published),
        })),
      };
  }
}

function tryParse(text: string): ReturnType<typeof parseFeed> {
  try {
    return parseFeed(text);
  } catch {
    throw new ParseRefusal("not_a_feed");
  }
}

function titled(title: string | undefined, link: string | undefined): Pick<Entry, "title" | "link"> {
  return { title: title ?? "", link: link ?? null };
}

function textOf(value: { value?: string } | string | undefined): string | undefined {
  return typeof value === "object" ? value.value : value;
}

function timeOf(date: string | undefined): number {
  const time = date ? Date.parse(date) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
}
