import { escape, excerptOf, htmlOf, safeLink, style } from "./render.ts";
import type { Entry, Site } from "./site.store.ts";
import type { SiteLinks } from "./site.feeds.ts";

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
    ) => `<article class="row"><h2><a href="${escape(links.entry(entry))}">${escape(entry.title)}</a></h2>
<p class="meta">${dateOf(entry)}</p><p>${escape(excerptOf(entry.body))}</p></article>`,
  );
  const head = {
    title: site.title,
    description: site.description,
    url: links.home,
    type: "website",
  } as const;
  return page(site, links, { ...head, image: null }, [
    `<header><h1>${escape(site.title)}</h1><p class="lead">${escape(site.description)}</p></header><main>`,
    ...(rows.length > 0 ? rows : ["<p>Nothing is published here yet.</p>"]),
    next === null ? "" : `<nav><a rel="next" href="${escape(next)}">Older entries</a></nav>`,
    "</main>",
  ]);
}

/** One entry as a page that is read without scripts. */
export function entryPage(site: Site, entry: Entry, links: SiteLinks): string {
  const image = entry.media.find(({ mimeType }) => mimeType.startsWith("image/"));
  const link = entry.link === null || entry.body.includes(entry.link) ? null : safeLink(entry.link);
  const head: Head = {
    title: entry.title,
    description: excerptOf(entry.body),
    url: entry.canonicalUrl ?? links.entry(entry),
    type: "article",
    image: image ? links.media(image.sha256) : null,
  };
  return page(site, links, head, [
    `<header><p class="meta"><a class="home" href="${escape(links.home)}">${escape(site.title)}</a></p>`,
    `<h1>${escape(entry.title)}</h1><p class="meta">${dateOf(entry)}</p></header><main><article>`,
    ...entry.media.map((one) => mediaHtml(one, links)),
    htmlOf(entry.body),
    link === null ? "" : `<p><a href="${escape(link)}">${escape(link)}</a></p>`,
    entry.tags.length === 0 ? "" : `<p class="meta">${entry.tags.map(escape).join(" · ")}</p>`,
    "</article></main>",
  ]);
}

function mediaHtml(media: Entry["media"][number], links: SiteLinks): string {
  const address = escape(links.media(media.sha256));
  const label = escape(media.altText);
  if (media.mimeType.startsWith("image/")) {
    return `<img src="${address}" alt="${label}" width="${media.width}" height="${media.height}">`;
  }
  if (media.mimeType.startsWith("video/")) {
    return `<video src="${address}" controls preload="metadata" aria-label="${label}" width="${media.width}" height="${media.height}"></video>`;
  }
  return `<p><a href="${address}" download>${label === "" ? "Document (PDF)" : label}</a></p>`;
}

function dateOf(entry: Entry): string {
  const day = entry.publishedAt.toISOString().slice(0, 10);
  return `<time datetime="${entry.publishedAt.toISOString()}">${day}</time>`;
}

function property(name: string, content: string): string {
  return `<meta property="og:${name}" content="${escape(content)}">`;
}

function page(site: Site, links: SiteLinks, head: Head, body: string[]): string {
  return [
    `<!doctype html><html lang="${escape(site.language)}">`,
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escape(head.title)}</title><meta name="description" content="${escape(head.description)}">`,
    `<link rel="canonical" href="${escape(head.url)}">`,
    property("title", head.title),
    property("description", head.description),
    property("type", head.type),
    property("url", head.url),
    property("site_name", site.title),
    head.image === null ? "" : property("image", head.image),
    `<link rel="alternate" type="application/rss+xml" title="${escape(site.title)}" href="${escape(links.rss)}">`,
    `<link rel="alternate" type="application/feed+json" title="${escape(site.title)}" href="${escape(links.json)}">`,
    `<style>${style}</style></head><body>`,
    ...body,
    `<footer><nav><a href="${escape(links.rss)}">RSS</a><a href="${escape(links.atom)}">Atom</a><a href="${escape(links.json)}">JSON Feed</a></nav></footer></body></html>`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}
