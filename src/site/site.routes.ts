import type { App } from "#platform/wire";
import { actorOf, decodeIdCursor, encodeCursor, pageQuery } from "#platform/wire";
import { createHash } from "node:crypto";
import { z } from "zod";
import { notFound } from "./errors.ts";
import type { SiteLinks } from "./links.ts";
import { excerptOf, pagePolicy } from "./render.ts";
import { entryPage, listPage } from "./site.pages.ts";
import * as schema from "./site.schema.ts";
import type { Entry, Site } from "./site.store.ts";
import type { PublicSites } from "./site.ts";

/** The settings of a workspace's pages, under `/api/v1`. */
export function siteRoutes(app: App, { sites }: { sites: PublicSites }): void {
  app.get(
    "/site",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "getSite",
        summary: "The public pages of the workspace",
        tags: ["Site"],
        response: { 200: schema.settings },
      },
    },
    async (request) => {
      const settings = await sites.settings(actorOf(request).workspaceId);
      if (!settings) throw notFound();
      return settings;
    },
  );

  app.put(
    "/site",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "changeSite",
        summary: "Name the public pages, and switch them on or off",
        tags: ["Site"],
        body: schema.settingsBody,
        response: { 200: schema.settings },
      },
    },
    async (request) => sites.change(actorOf(request), request.body),
  );
}

/** Feeds bring parsers of XML along, and an installation without public pages never writes one. */
const feeds = () => import("./site.feeds.ts");

const feedLength = 50;
const pageLength = 20;
const longestSitemap = 50_000;

/** What everybody may read, outside `/api`: pages, feeds and the content API. */
export function publicSiteRoutes(app: App, { sites }: { sites: PublicSites }): void {
  type Answer = { type: string; body: string; policy?: string };
  type Ask = { site: string; entry: string; limit: number; cursor: string | undefined };

  function serve(
    path: string,
    about: { operationId: string; summary: string; entry?: boolean },
    answer: (site: Site, links: SiteLinks, ask: Ask) => Promise<Answer>,
  ): void {
    app.get(
      path,
      {
        config: { access: "public" },
        schema: {
          operationId: about.operationId,
          summary: about.summary,
          tags: ["Site"],
          params: about.entry
            ? schema.entryParams
            : schema.siteParams.extend({ entry: z.string().optional() }),
          querystring: pageQuery,
        },
      },
      async (request, reply) => {
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
      },
    );
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

  serve(
    "/site/:site",
    { operationId: "sitePage", summary: "The list as a page" },
    async (site, links, ask) => {
      const { items, next } = await pageOf(site, ask);
      const older = next === null ? null : `${links.home}?cursor=${next}`;
      return {
        type: "text/html; charset=utf-8",
        body: listPage(site, items, links, older),
        policy: pagePolicy,
      };
    },
  );
  serve(
    "/site/:site/:entry",
    { operationId: "siteEntryPage", summary: "An entry as a page", entry: true },
    async (site, links, ask) => {
      const body = entryPage(site, await sites.entry(site, ask.entry), links);
      return { type: "text/html; charset=utf-8", body, policy: pagePolicy };
    },
  );
  serve("/site/:site/feed.xml", { operationId: "siteRss", summary: "RSS 2.0" }, async (site, links) => ({
    type: "application/rss+xml; charset=utf-8",
    body: (await feeds()).rssOf(site, await newest(site), links),
  }));
  serve("/site/:site/atom.xml", { operationId: "siteAtom", summary: "Atom 1.0" }, async (site, links) => ({
    type: "application/atom+xml; charset=utf-8",
    body: (await feeds()).atomOf(site, await newest(site), links),
  }));
  serve(
    "/site/:site/feed.json",
    { operationId: "siteJson", summary: "JSON Feed 1.1" },
    async (site, links) => ({
      type: "application/feed+json; charset=utf-8",
      body: JSON.stringify((await feeds()).jsonFeedOf(site, await newest(site), links)),
    }),
  );
  serve("/site/:site/sitemap.xml", { operationId: "siteMap", summary: "Sitemap" }, async (site, links) => ({
    type: "application/xml; charset=utf-8",
    body: (await feeds()).sitemapOf(
      await sites.list(site, { before: null, limit: longestSitemap - 1 }),
      links,
    ),
  }));
  serve(
    "/site/:site/api/entries",
    { operationId: "siteEntries", summary: "Entries, newest first" },
    async (site, links, ask) => {
      const { items, next } = await pageOf(site, ask);
      const about = { title: site.title, description: site.description, url: links.home };
      const answer = { site: about, items: items.map((entry) => entryToWire(entry, links)), next };
      return { type: "application/json; charset=utf-8", body: JSON.stringify(answer) };
    },
  );
  serve(
    "/site/:site/api/entries/:entry",
    { operationId: "siteEntry", summary: "One entry", entry: true },
    async (site, links, ask) => ({
      type: "application/json; charset=utf-8",
      body: JSON.stringify(entryToWire(await sites.entry(site, ask.entry), links)),
    }),
  );
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
