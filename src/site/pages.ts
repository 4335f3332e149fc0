import type { ConnectorSite, SiteOutcome, SitePublished } from "#connectors";
import { slugOf } from "#connectors";
import { type Database, isDatabaseUnavailable, isUniqueViolation } from "#platform/db";
import {
  type Entry,
  type Site,
  entryByKey,
  freeSlug,
  insertEntry,
  openSite,
  siteOfWorkspace,
} from "./site.store.ts";

/** The public pages of one workspace, as its channel publishes to them. */
export function connectorSite(
  { database, publicUrl }: { database: Database; publicUrl: string },
  workspaceId: string,
): ConnectorSite {
  const addressOf = (site: Site) => ({
    accountId: workspaceId,
    slug: site.slug,
    title: site.title,
    description: site.description,
    url: siteUrl(publicUrl, site.slug),
  });
  const publishedOf = (site: Site, entry: Entry): SitePublished => ({
    id: entry.id,
    url: `${siteUrl(publicUrl, site.slug)}/${encodeURIComponent(entry.slug)}`,
    publishedAt: entry.publishedAt,
  });

  return {
    open: (given) =>
      told("not_sent", async () => {
        try {
          const site = await database.inWorkspace(workspaceId, (db) =>
            openSite(db, { workspaceId, ...given }),
          );
          return { kind: "done", value: addressOf(site) };
        } catch (error) {
          if (!isUniqueViolation(error)) throw error;
          const message = `The address "${given.slug}" is taken by another workspace; choose another.`;
          return { kind: "failed", verdict: "rejected", code: "site.bad_slug", message };
        }
      }),
    address: () =>
      told("not_sent", async () => {
        const site = await database.inWorkspace(workspaceId, (db) => siteOfWorkspace(db, workspaceId));
        return { kind: "done", value: site && addressOf(site) };
      }),
    find: (key) =>
      told("not_sent", async () => {
        const [site, entry] = await database.inWorkspace(workspaceId, async (db) => [
          await siteOfWorkspace(db, workspaceId),
          await entryByKey(db, workspaceId, key),
        ]);
        return { kind: "done", value: site && entry && publishedOf(site, entry) };
      }),
    async put(key, entry) {
      // A read first: where it fails nothing was written, and after it only a lost commit leaves a doubt.
      const before = await told("not_sent", async () => {
        const site = await database.inWorkspace(workspaceId, (db) => siteOfWorkspace(db, workspaceId));
        return { kind: "done", value: site };
      });
      if (before.kind === "failed") return before;
      const site = before.value;
      if (!site) {
        const message = "This workspace has no pages any more; connect the channel again.";
        return { kind: "failed", verdict: "rejected", code: "site.gone", message };
      }
      return told("unknown", async () => {
        const stored = await database.inWorkspace(workspaceId, async (db) => {
          for (;;) {
            const known = await entryByKey(db, workspaceId, key);
            if (known) return known;
            const slug = entry.slug ?? (await freeSlug(db, workspaceId, slugOf(entry.title)));
            const inserted = await insertEntry(db, workspaceId, key, { ...entry, slug });
            // A number that another entry took in between: the next one. A chosen address is tried alone.
            if (!inserted && entry.slug !== null) return entryByKey(db, workspaceId, key);
          }
        });
        if (stored) return { kind: "done", value: publishedOf(site, stored) };
        const message = `Another entry already has the address "${entry.slug}"; choose another.`;
        return { kind: "failed", verdict: "rejected", code: "site.slug_taken", message };
      });
    },
  };
}

export function siteUrl(publicUrl: string, slug: string): string {
  return new URL(`/site/${slug}`, publicUrl).href;
}

async function told<Value>(
  verdict: "not_sent" | "unknown",
  work: () => Promise<SiteOutcome<Value>>,
): Promise<SiteOutcome<Value>> {
  try {
    return await work();
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    const message = "The database could not be reached; Galley tries again by itself.";
    return { kind: "failed", verdict, code: "site.unavailable", message };
  }
}
