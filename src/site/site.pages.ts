import { directionOfLanguage, escapeHtml } from "#kit";
import type { SiteLinks } from "./links.ts";
import { excerptOf, spokenIn, style, wholeHtml } from "./render.ts";
import type { Entry, Site } from "./site.store.ts";

type Head = {
  title: string;
  description: string;
  url: string;
  type: "website" | "article";
  image: string | null;
};

/** The list of entries as a page that is read without scripts. `next`: the address of the older ones. */
export function listPage(site: Site, entries: Entry[], links: SiteLinks, next: string | null): string {
  const rows = entries.map(
    (
      entry,
    ) => `<article class="row" ${spokenIn(entry)}><h2><a href="${escapeHtml(links.entry(entry))}">${escapeHtml(entry.title)}</a></h2>
<p class="meta">${dateOf(entry)}</p><p>${escapeHtml(excerptOf(entry))}</p></article>`,
  );
  const head = {
    title: site.title,
    description: site.description,
    url: links.home,
    type: "website",
  } as const;
  return page(site, links, { ...head, image: null }, [
    `<header><h1>${escapeHtml(site.title)}</h1><p class="lead">${escapeHtml(site.description)}</p></header><main>`,
    ...(rows.length > 0 ? rows : ["<p>Nothing is published here yet.</p>"]),
    next === null ? "" : `<nav><a rel="next" href="${escapeHtml(next)}">Older entries</a></nav>`,
    "</main>",
  ]);
}

/** One entry as a page that is read without scripts. */
export function entryPage(site: Site, entry: Entry, links: SiteLinks): string {
  const image = entry.media.find(({ mimeType }) => mimeType.startsWith("image/"));
  const head: Head = {
    title: entry.title,
    description: excerptOf(entry),
    url: entry.canonicalUrl ?? links.entry(entry),
    type: "article",
    image: image ? links.media(image.sha256) : null,
  };
  return page(site, links, head, [
    `<header><p class="meta"><a class="home" href="${escapeHtml(links.home)}">${escapeHtml(site.title)}</a></p>`,
    `<h1 ${spokenIn(entry)}>${escapeHtml(entry.title)}</h1><p class="meta">${dateOf(entry)}</p></header>`,
    `<main><article ${spokenIn(entry)}>`,
    wholeHtml(entry, links),
    entry.tags.length === 0 ? "" : `<p class="meta">${entry.tags.map(escapeHtml).join(" · ")}</p>`,
    "</article></main>",
  ]);
}

function dateOf(entry: Entry): string {
  const day = entry.publishedAt.toISOString().slice(0, 10);
  return `<time datetime="${entry.publishedAt.toISOString()}">${day}</time>`;
}

function property(name: string, content: string): string {
  return `<meta property="og:${name}" content="${escapeHtml(content)}">`;
}

function page(site: Site, links: SiteLinks, head: Head, body: string[]): string {
  const isRtl = directionOfLanguage(site.language) === "rtl";
  return [
    `<!doctype html><html lang="${escapeHtml(site.language)}"${isRtl ? ' dir="rtl"' : ""}>`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeHtml(head.title)}</title><meta name="description" content="${escapeHtml(head.description)}">`,
    `<link rel="canonical" href="${escapeHtml(head.url)}">`,
    property("title", head.title),
    property("description", head.description),
    property("type", head.type),
    property("url", head.url),
    property("site_name", site.title),
    head.image === null ? "" : property("image", head.image),
    `<link rel="alternate" type="application/rss+xml" title="${escapeHtml(site.title)}" href="${escapeHtml(links.rss)}">`,
    `<link rel="alternate" type="application/feed+json" title="${escapeHtml(site.title)}" href="${escapeHtml(links.json)}">`,
    `<style>${style}</style></head><body>`,
    ...body,
    `<footer><nav><a href="${escapeHtml(links.rss)}">RSS</a><a href="${escapeHtml(links.atom)}">Atom</a><a href="${escapeHtml(links.json)}">JSON Feed</a></nav></footer></body></html>`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
