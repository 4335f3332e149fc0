import { generateAtomFeed, generateJsonFeed, generateRssFeed } from "feedsmith";
import { escapeHtml, xmlCharacters } from "#kit";
import type { SiteLinks } from "./links.ts";
import { excerptOf, ownLink, wholeHtml } from "./render.ts";
import type { Entry, Site } from "./site.store.ts";

/** RSS 2.0 with the whole text; the first file as enclosure, all of them as Media RSS. */
export function rssOf(site: Site, entries: Entry[], links: SiteLinks): string {
  const feed = generateRssFeed({
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
      // Readers take it as HTML.
      description: escapeHtml(excerptOf(entry)),
      content: { encoded: wholeHtml(entry, links) },
      categories: entry.tags.map((name) => ({ name })),
      dc: { languages: [entry.language ?? site.language] },
      // More than one is read by few; a length that is not known is 0 (RSS Best Practices Profile).
      enclosures: entry.media.slice(0, 1).map((file) => ({
        url: links.media(file.sha256),
        length: file.bytes ?? 0,
        type: file.mimeType,
      })),
      media: {
        contents: entry.media.map((file) => ({
          url: links.media(file.sha256),
          type: file.mimeType,
          medium: mediumOf(file.mimeType),
          ...(file.bytes === null ? {} : { fileSize: file.bytes }),
          ...(file.width > 0 ? { width: file.width, height: file.height } : {}),
          ...(file.altText === "" ? {} : { description: { value: file.altText, type: "plain" } }),
        })),
      },
    })),
  });
  return xmlCharacters(feed);
}

/** Media RSS 1.5.1, `medium`. */
function mediumOf(mimeType: string): string {
  if (mimeType.startsWith("image/")) return "image";
  return mimeType.startsWith("video/") ? "video" : "document";
}

/** Atom 1.0 (RFC 4287) with the whole text. */
export function atomOf(site: Site, entries: Entry[], links: SiteLinks): string {
  const feed = generateAtomFeed({
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
      links: [
        { href: links.entry(entry), rel: "alternate", hreflang: entry.language ?? site.language },
        ...(entry.link === null ? [] : [{ href: entry.link, rel: "related" }]),
        ...entry.media.map((file) => ({
          href: links.media(file.sha256),
          rel: "enclosure",
          type: file.mimeType,
          ...(file.bytes === null ? {} : { length: file.bytes }),
          ...(file.altText === "" ? {} : { title: file.altText }),
        })),
      ],
      summary: { value: excerptOf(entry) },
      content: { value: wholeHtml(entry, links), type: "html" },
      categories: entry.tags.map((term) => ({ term })),
    })),
  });
  return xmlCharacters(feed);
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
      content_html: wholeHtml(entry, links),
      content_text: [entry.text, ownLink(entry)].filter(Boolean).join("\n\n"),
      language: entry.language ?? site.language,
      ...pictureOf(entry, links),
      attachments: entry.media.map((file) => ({
        url: links.media(file.sha256),
        mime_type: file.mimeType,
        ...(file.bytes === null ? {} : { size_in_bytes: file.bytes }),
        ...(file.altText === "" ? {} : { title: file.altText }),
      })),
      date_published: entry.publishedAt,
      date_modified: entry.updatedAt,
      ...(entry.link === null ? {} : { external_url: entry.link }),
      ...(entry.tags.length === 0 ? {} : { tags: entry.tags }),
    })),
  });
}

function pictureOf({ media }: Entry, links: SiteLinks): { image?: string } {
  const picture = media.find(({ mimeType }) => mimeType.startsWith("image/"));
  return picture ? { image: links.media(picture.sha256) } : {};
}

/** Sitemaps protocol 0.9: the list and every entry, at most 50,000 of them. */
export function sitemapOf(entries: Entry[], links: SiteLinks): string {
  const urls = entries.map(
    (entry) =>
      `<url><loc>${escapeHtml(links.entry(entry))}</loc><lastmod>${entry.updatedAt.toISOString()}</lastmod></url>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    `<url><loc>${escapeHtml(links.home)}</loc></url>`,
    ...urls,
    "</urlset>",
  ].join("\n");
}

function newest(site: Site, entries: Entry[]): Date {
  return entries[0]?.updatedAt ?? site.updatedAt;
}
