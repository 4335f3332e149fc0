import { createHash } from "node:crypto";
import type { z } from "zod";
import type { App, pageQuery, Reply } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, serve } from "#platform/wire";
import { notFound } from "./errors.ts";
import type { SiteLinks } from "./links.ts";
import { publicSiteContract } from "./public-site.contract.ts";
import { excerptOf, pagePolicy } from "./render.ts";
import { siteContract } from "./site.contract.ts";
import { entryPage, listPage } from "./site.pages.ts";
import type * as schema from "./site.schema.ts";
import type { Entry, Site } from "./site.store.ts";
import type { PublicSites } from "./site.ts";

/** The settings of a workspace's pages, under `/api/v1`. */
export function siteRoutes(app: App, { sites }: { sites: PublicSites }): void {
  serve(app, siteContract, {
    getSite: async (request) => {
      const settings = await sites.settings(actorOf(request).workspaceId);
      if (!settings) throw notFound();
      return settings;
    },

    changeSite: async (request) => sites.change(actorOf(request), request.body),
  });
}

/** Feeds bring parsers of XML along, and an installation without public pages never writes one. */
const feeds = () => import("./site.feeds.ts");

const feedLength = 50;
const pageLength = 20;
const longestSitemap = 50_000;

type Answer = { type: string; body: string; policy?: string };
type Ask = { site: string; entry: string; limit: number; cursor: string | undefined };
type PageRequest = {
  params: { site: string; entry?: string | undefined };
  query: z.output<typeof pageQuery>;
  headers: { "if-none-match"?: string | undefined };
};

/** What everybody may read, outside `/api`: pages, feeds and the content API. */
export function publicSiteRoutes(app: App, { sites }: { sites: PublicSites }): void {
  function page(answer: (site: Site, links: SiteLinks, ask: Ask) => Promise<Answer>) {
    return async (request: PageRequest, reply: Reply) => {
      const { site: slug, entry = "" } = request.params;
      const { site, links } = await sites.bySlug(slug);
      const { type, body, policy } = await answer(site, links, {
        site: slug,
        entry,
        ...asked(request.query),
      });
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
      reply.headers({
        etag,
        "cache-control": "public, max-age=60, stale-while-revalidate=600",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "content-security-policy": policy ?? "default-src 'none'; sandbox",
      });
      if (matches(request.headers["if-none-match"], etag)) return reply.code(304).send();
      return reply.type(type).send(body);
    };
  }

  async function newest(site: Site): Promise<Entry[]> {
    return sites.list(site, { before: null, limit: feedLength });
  }

  async function pageOf(site: Site, ask: Ask) {
    const before = ask.cursor === undefined ? null : decodeIdCursor(ask.cursor);
    const rows = await sites.list(site, { before, limit: ask.limit + 1 });
    const items = rows.slice(0, ask.limit);
    const last = items.at(-1);
    return { items, next: rows.length > ask.limit && last ? encodeCursor([last.id]) : null };
  }

  serve(app, publicSiteContract, {
    sitePage: page(async (site, links, ask) => {
      const { items, next } = await pageOf(site, ask);
      const older = next === null ? null : `${links.home}?cursor=${next}`;
      return {
        type: "text/html; charset=utf-8",
        body: listPage(site, items, links, older),
        policy: pagePolicy,
      };
    }),
    siteEntryPage: page(async (site, links, ask) => {
      const body = entryPage(site, await sites.entry(site, ask.entry), links);
      return { type: "text/html; charset=utf-8", body, policy: pagePolicy };
    }),
    siteRss: page(async (site, links) => ({
      type: "application/rss+xml; charset=utf-8",
      body: (await feeds()).rssOf(site, await newest(site), links),
    })),
    siteAtom: page(async (site, links) => ({
      type: "application/atom+xml; charset=utf-8",
      body: (await feeds()).atomOf(site, await newest(site), links),
    })),
    siteJson: page(async (site, links) => ({
      type: "application/feed+json; charset=utf-8",
      body: JSON.stringify((await feeds()).jsonFeedOf(site, await newest(site), links)),
    })),
    siteMap: page(async (site, links) => ({
      type: "application/xml; charset=utf-8",
      body: (await feeds()).sitemapOf(
        await sites.list(site, { before: null, limit: longestSitemap - 1 }),
        links,
      ),
    })),
    siteEntries: page(async (site, links, ask) => {
      const { items, next } = await pageOf(site, ask);
      const about = { title: site.title, description: site.description, url: links.home };
      const answer = { site: about, items: items.map((entry) => entryToWire(entry, links)), next };
      return { type: "application/json; charset=utf-8", body: JSON.stringify(answer) };
    }),
    siteEntry: page(async (site, links, ask) => ({
      type: "application/json; charset=utf-8",
      body: JSON.stringify(entryToWire(await sites.entry(site, ask.entry), links)),
    })),
  });
}

function asked({ limit, cursor }: { limit: number; cursor?: string | undefined }) {
  return { limit: limit || pageLength, cursor };
}

/** RFC 9110 section 13.1.2: a list of tags, weak or not, or a star. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");
}

function entryToWire(entry: Entry, links: SiteLinks): z.input<typeof schema.entryAnswer> {
  const url = links.entry(entry);
  return {
    id: entry.id,
    slug: entry.slug,
    title: entry.title,
    url,
    canonicalUrl: entry.canonicalUrl ?? url,
    text: entry.body,
    plainText: entry.text,
    language: entry.language,
    html: entry.html,
    excerpt: excerptOf(entry),
    link: entry.link,
    tags: entry.tags,
    media: entry.media.map(({ sha256, mimeType, width, height, altText }) => ({
      url: links.media(sha256),
      mimeType,
      width,
      height,
      altText,
    })),
    publishedAt: entry.publishedAt.toISOString(),
    updatedAt: entry.updatedAt.toISOString(),
  };
}
