import type { SiteEntry } from "#connectors";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { z } from "zod";

type Db = Kysely<Schema>;

export type Site = {
  workspaceId: string;
  slug: string;
  title: string;
  description: string;
  /** BCP 47, as "de" or "pt-BR". */
  language: string;
  public: boolean;
  updatedAt: Date;
};

export type Entry = SiteEntry & { id: string; slug: string; publishedAt: Date; updatedAt: Date };

const siteColumns = [
  "workspace_id",
  "slug",
  "title",
  "description",
  "language",
  "public",
  "updated_at",
] as const;

type SiteRow = {
  workspace_id: string;
  slug: string;
  title: string;
  description: string;
  language: string;
  public: boolean;
  updated_at: Date;
};

function siteOf(row: SiteRow): Site {
  const { workspace_id: workspaceId, slug, title, description, language, updated_at: updatedAt } = row;
  return { workspaceId, slug, title, description, language, public: row.public, updatedAt };
}

/** Whose pages stand at an address that everybody may read; asked before any workspace is known. */
export async function siteBySlug(db: Db, slug: string): Promise<Site | null> {
  const row = await db
    .selectFrom("sites")
    .select(siteColumns)
    .where("slug", "=", slug)
    .where("public", "=", true)
    .executeTakeFirst();
  return row ? siteOf(row) : null;
}

export async function siteOfWorkspace(db: Db, workspaceId: string): Promise<Site | null> {
  const row = await db
    .selectFrom("sites")
    .select(siteColumns)
    .where("workspace_id", "=", workspaceId)
    .executeTakeFirst();
  return row ? siteOf(row) : null;
}

export async function saveSite(
  db: Db,
  site: Omit<Site, "updatedAt" | "public" | "language"> & { public?: boolean; language?: string },
): Promise<Site> {
  const { workspaceId, slug, title, description } = site;
  const fields = {
    slug,
    title,
    description,
    ...(site.public === undefined ? {} : { public: site.public }),
    ...(site.language === undefined ? {} : { language: site.language }),
  };
  const row = await db
    .insertInto("sites")
    .values({ workspace_id: workspaceId, ...fields })
    .onConflict((conflict) =>
      conflict.column("workspace_id").doUpdateSet({ ...fields, updated_at: sql<Date>`now()` }),
    )
    .returning(siteColumns)
    .executeTakeFirstOrThrow();
  return siteOf(row);
}

const entryColumns = [
  "id",
  "slug",
  "title",
  "body",
  "link",
  "canonical_url",
  "tags",
  "media",
  "published_at",
  "updated_at",
] as const;

const mediaSchema = z.array(
  z.object({
    sha256: z.string(),
    mimeType: z.string(),
    width: z.number(),
    height: z.number(),
    altText: z.string(),
  }),
);

type EntryRow = {
  id: string;
  slug: string;
  title: string;
  body: string;
  link: string | null;
  canonical_url: string | null;
  tags: string[];
  media: unknown;
  published_at: Date;
  updated_at: Date;
};

function entryOf(row: EntryRow): Entry {
  const { id, slug, title, body, link, tags } = row;
  return {
    id,
    slug,
    title,
    body,
    link,
    tags,
    canonicalUrl: row.canonical_url,
    media: mediaSchema.parse(row.media),
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
  };
}

/** False where the key or the slug is taken. */
export async function insertEntry(
  db: Db,
  workspaceId: string,
  key: string,
  entry: SiteEntry & { slug: string },
): Promise<boolean> {
  const result = await db
    .insertInto("site_entries")
    .values({
      workspace_id: workspaceId,
      id: newId(),
      key,
      slug: entry.slug,
      title: entry.title,
      body: entry.body,
      link: entry.link,
      canonical_url: entry.canonicalUrl,
      tags: entry.tags,
      media: JSON.stringify(entry.media),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function entryByKey(db: Db, workspaceId: string, key: string): Promise<Entry | null> {
  const row = await selectEntries(db, workspaceId).where("key", "=", key).executeTakeFirst();
  return row ? entryOf(row) : null;
}

export async function entryBySlug(db: Db, workspaceId: string, slug: string): Promise<Entry | null> {
  const row = await selectEntries(db, workspaceId).where("slug", "=", slug).executeTakeFirst();
  return row ? entryOf(row) : null;
}

/** Newest first, below the cursor's id: ids are made in the order of time. */
export async function listEntries(
  db: Db,
  workspaceId: string,
  page: { before: string | null; limit: number },
): Promise<Entry[]> {
  const rows = await selectEntries(db, workspaceId)
    .$if(page.before !== null, (query) => query.where("id", "<", page.before))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
  return rows.map(entryOf);
}

function selectEntries(db: Db, workspaceId: string) {
  return db.selectFrom("site_entries").select(entryColumns).where("workspace_id", "=", workspaceId);
}
