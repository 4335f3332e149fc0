import type { ConnectorSite } from "#connectors";
import type { Actor } from "#kit";
import { type Database, isUniqueViolation } from "#platform/db";
import { append } from "#platform/events";
import { plainHtml, type Renderer } from "#platform/rendering";
import { SiteError, notFound } from "./errors.ts";
import { siteChanged } from "./events.ts";
import type { SiteLinks } from "./links.ts";
import { connectorSite, siteUrl } from "./pages.ts";
import * as store from "./site.store.ts";

export type SiteSettings = {
  slug: string;
  title: string;
  description: string;
  /** BCP 47. */
  language: string;
  public: boolean;
};

/** The settings with the addresses that follow from them. */
type ShownSite = SiteSettings & {
  url: string;
  feeds: Pick<SiteLinks, "rss" | "atom" | "json" | "sitemap" | "entries">;
};

/** Galley's own public pages: what the connector `site` publishes, read by everybody. */
export type PublicSites = {
  /** For the connector; bound to one workspace. */
  pages: (workspaceId: string) => ConnectorSite;
  /** Null where the workspace has no pages yet. */
  settings(workspaceId: string): Promise<ShownSite | null>;
  /** Makes or changes them. Throws `site.slug_taken`. */
  change(actor: Actor, settings: SiteSettings): Promise<ShownSite>;
  /** Throws `site.not_found`, for pages that are switched off too. */
  bySlug(slug: string): Promise<{ site: store.Site; links: SiteLinks }>;
  /** Newest first, below the id `before`. */
  list(site: store.Site, page: { before: string | null; limit: number }): Promise<store.Entry[]>;
  /** Renders what an earlier version published as text alone. */
  sweep: { name: string; everyMs: number; run(signal: AbortSignal): Promise<void> };
  /** Throws `site.not_found`. */
  entry(site: store.Site, slug: string): Promise<store.Entry>;
};

export type SitesOptions = {
  database: Database;
  publicUrl: string;
  /** The path at which everybody may read a file of a workspace. */
  mediaPath: (workspaceId: string, sha256: string) => string;
  markdown: Renderer;
};

export function createSites(options: SitesOptions): PublicSites {
  const { database, publicUrl, mediaPath, markdown } = options;

  function linksOf(site: store.Site): SiteLinks {
    const home = siteUrl(publicUrl, site.slug);
    return {
      home,
      rss: `${home}/feed.xml`,
      atom: `${home}/atom.xml`,
      json: `${home}/feed.json`,
      sitemap: `${home}/sitemap.xml`,
      entries: `${home}/api/entries`,
      entry: ({ slug }) => `${home}/${encodeURIComponent(slug)}`,
      media: (sha256) => new URL(mediaPath(site.workspaceId, sha256), publicUrl).href,
    };
  }

  function shown(site: store.Site): ShownSite {
    const { slug, title, description, language } = site;
    const { home, rss, atom, json, sitemap, entries } = linksOf(site);
    const feeds = { rss, atom, json, sitemap, entries };
    return { slug, title, description, language, public: site.public, url: home, feeds };
  }

  async function renderOlder(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const entries = await store.unrenderedEntries(database.system, 20);
      if (entries.length === 0) return;
      for (const { workspaceId, id, body } of entries) {
        const outcome = await markdown.render(body);
        // What cannot be rendered is shown as it was written.
        const asWritten = { html: plainHtml(body), text: body, language: null };
        const rendered = outcome.kind === "done" ? outcome.value : asWritten;
        await database.inWorkspace(workspaceId, (db) => store.keepRendered(db, workspaceId, id, rendered));
      }
    }
  }

  return {
    sweep: { name: "site.rendering", everyMs: 3_600_000, run: renderOlder },
    pages: (workspaceId) => connectorSite({ database, publicUrl }, workspaceId),
    async settings(workspaceId) {
      const site = await database.inWorkspace(workspaceId, (db) => store.siteOfWorkspace(db, workspaceId));
      return site && shown(site);
    },
    async change(actor, settings) {
      const { workspaceId } = actor;
      try {
        return await database.inWorkspace(workspaceId, async (db) => {
          const site = await store.saveSite(db, { workspaceId, ...settings });
          await append(db, siteChanged, { actor, targetId: workspaceId, data: { ...settings } });
          return shown(site);
        });
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const message = `The address "${settings.slug}" is taken by another workspace; choose another.`;
        const problems = [{ path: "/slug", code: "site.slug_taken", message }];
        throw new SiteError({ code: "site.slug_taken", kind: "conflict", message, problems });
      }
    },
    async bySlug(slug) {
      // Who owns an address is not known yet, so no workspace can be named; only the address is looked up.
      const site = await store.siteBySlug(database.system, slug);
      if (!site) throw notFound();
      return { site, links: linksOf(site) };
    },
    list: ({ workspaceId }, page) =>
      database.inWorkspace(workspaceId, (db) => store.listEntries(db, workspaceId, page)),
    async entry({ workspaceId }, slug) {
      const entry = await database.inWorkspace(workspaceId, (db) => store.entryBySlug(db, workspaceId, slug));
      if (!entry) throw notFound();
      return entry;
    },
  };
}
