import { generateAtomFeed, generateJsonFeed, generateRssFeed } from "feedsmith";
import { escape, excerptOf, htmlOf } from "./render.ts";
import type { Entry, Site } from "./site.store.ts";

/** Absolute addresses of a site. */
export type SiteLinks = {
  home: string;
  rss: string;
  atom: string;
  json: string;
  sitemap: string;
  /** The content API. */
  entries: string;
  entry(entry: Pick<Entry, "slug">): string;
  media(sha256: string): string;
};

/** RSS 2.0 with the whole text. */
export function rssOf(site: Site, entries: Entry[], links: SiteLinks): string {
  return generateRssFeed({
    title: site.title,
    link: links.home,
    description: site.description || site.title,
    language: site.language,
    lastBuildDate: newest(site, entries),
    atom: { links: [{ href: links.rss, rel: "self", type: "application/rss+xml" }] },
    items: entries.map((entry) => ({
      title: entry.title,
      link: links.entry(entry),
      guid: { value: `urn:uuid:${entry.id}`, isPermaLink: false },
      pubDate: entry.publishedAt,
      description: excerptOf(entry.body),
      content: { encoded: htmlOf(entry.body) },
      categories: entry.tags.map((name) => ({ name })),
    })),
  });
}

/** Atom 1.0 (RFC 4287) with the whole text. */
export function atomOf(site: Site, entries: Entry[], links: SiteLinks): string {
  return generateAtomFeed({
    id: links.home,
    title: { value: site.title },
    subtitle: { value: site.description },
    updated: newest(site, entries),
    authors: [{ name: site.title }],
    links: [
      { href: links.atom, rel: "self" },
      { href: links.home, rel: "alternate" },
    ],
    entries: entries.map((entry) => ({
      id: `urn:uuid:${entry.id}`,
      title: { value: entry.title },
      updated: entry.updatedAt,
      published: entry.publishedAt,
      links: [{ href: links.entry(entry), rel: "alternate" }],
      content: { value: htmlOf(entry.body), type: "html" },
      categories: entry.tags.map((term) => ({ term })),
    })),
  });
}

/** JSON Feed 1.1. */
export function jsonFeedOf(site: Site, entries: Entry[], links: SiteLinks): unknown {
  return generateJsonFeed({
    title: site.title,
    home_page_url: links.home,
    language: site.language,
    feed_url: links.json,
    ...(site.description === "" ? {} : { description: site.description }),
    items: entries.map((entry) => ({
      id: `urn:uuid:${entry.id}`,
      url: links.entry(entry),
      title: entry.title,
      content_html: htmlOf(entry.body),
      content_text: entry.body,
      date_published: entry.publishedAt,
      date_modified: entry.updatedAt,
      ...(entry.link === null ? {} : { external_url: entry.link }),
      ...(entry.tags.length === 0 ? {} : { tags: entry.tags }),
    })),
  });
}

/** Sitemaps protocol 0.9: the list and every entry, at most 50,000 of them. */
export function sitemapOf(entries: Entry[], links: SiteLinks): string {
  const urls = entries.map(
    (entry) =>
      `<url><loc>${escape(links.entry(entry))}</loc><lastmod>${entry.updatedAt.toISOString()}</lastmod></url>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    `<url><loc>${escape(links.home)}</loc></url>`,
    ...urls,
    "</urlset>",
  ].join("\n");
}

function newest(site: Site, entries: Entry[]): Date {
  return entries[0]?.updatedAt ?? site.updatedAt;
}
