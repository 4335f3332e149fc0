import type { Kysely } from "kysely";
import { sql } from "kysely";
import { z } from "zod";
import type { SiteEntry } from "#connectors";
import { newId } from "#kit";
import type { Schema } from "#platform/db";
import { plainHtml } from "#platform/rendering";

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

export type Entry = Omit<SiteEntry, "rendered"> & {
  id: string;
  slug: string;
  /** As readers get it; a text that is still to be rendered stands here as it is, escaped. */
  html: string;
  /** The text without its Markdown. */
  text: string;
  /** BCP 47; null where it does not show. */
  language: string | null;
  publishedAt: Date;
  updatedAt: Date;
};

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

/** Makes the site of a workspace that has none; one that is there stays as it is. */
export async function openSite(
  db: Db,
  site: Pick<Site, "workspaceId" | "slug" | "title" | "description">,
): Promise<Site> {
  const { workspaceId, slug, title, description } = site;
  const standing = await siteOfWorkspace(db, workspaceId);
  if (standing) return standing;
  await db
    .insertInto("sites")
    .values({ workspace_id: workspaceId, slug, title, description })
    .onConflict((conflict) => conflict.column("workspace_id").doNothing())
    .execute();
  const made = await siteOfWorkspace(db, workspaceId);
  if (made) return made;
  throw new TypeError("a site that was made is there");
}

export async function saveSite(db: Db, site: Omit<Site, "updatedAt">): Promise<Site> {
  const { workspaceId, slug, title, description, language } = site;
  const fields = { slug, title, description, language, public: site.public };
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
  "html",
  "plain_text",
  "language",
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
    bytes: z.number().nullable().default(null),
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
  html: string | null;
  plain_text: string | null;
  language: string | null;
  link: string | null;
  canonical_url: string | null;
  tags: string[];
  media: unknown;
  published_at: Date;
  updated_at: Date;
};

function entryOf(row: EntryRow): Entry {
  const { id, slug, title, body, language, link, tags } = row;
  return {
    id,
    slug,
    title,
    body,
    html: row.html ?? plainHtml(body),
    text: row.plain_text ?? body,
    language,
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
      html: entry.rendered?.html ?? null,
      plain_text: entry.rendered?.text ?? null,
      language: entry.rendered?.language ?? null,
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

/**
 * The first free address that begins with this one: itself, or with the lowest number after it that nobody has, so that a
 * high one that somebody chose is followed by none that is longer than an address may be. Another entry may take it
 * before it is used, so the insert decides.
 */
export async function freeSlug(db: Db, workspaceId: string, made: string): Promise<string> {
  const numbered = `${made}-`;
  const number = sql<string>`substring(slug from ${Array.from(numbered).length + 1}::int)`;
  const entries = db.selectFrom("site_entries").where("workspace_id", "=", workspaceId);
  const taken = await entries.select("id").where("slug", "=", made).executeTakeFirst();
  if (!taken) return made;
  const numbers = entries
    .select(sql<string>`${number}::numeric`.as("number"))
    .where(sql<boolean>`starts_with(slug, ${numbered}) and ${number} ~ '^[1-9][0-9]{0,11}$'`);
  const lowest = await db
    .with("numbers", () => numbers)
    .with("before", (cte) =>
      cte
        .selectFrom("numbers")
        .select("number")
        .union(sql<{ number: string }>`select 1::numeric as number`),
    )
    .selectFrom("before")
    .select(sql<string>`min(number) + 1`.as("number"))
    .where(sql<boolean>`number + 1 not in (select number from numbers)`)
    .executeTakeFirstOrThrow();
  return `${numbered}${lowest.number}`;
}

/** Some entries whose text is still to be rendered, of any workspace; asked as the system. */
export async function unrenderedEntries(
  db: Db,
  most: number,
): Promise<{ workspaceId: string; id: string; body: string }[]> {
  const rows = await db
    .selectFrom("site_entries")
    .select(["workspace_id", "id", "body"])
    .where("html", "is", null)
    .orderBy("id", "desc")
    .limit(most)
    .execute();
  return rows.map(({ workspace_id: workspaceId, id, body }) => ({ workspaceId, id, body }));
}

export async function keepRendered(
  db: Db,
  workspaceId: string,
  id: string,
  { html, text, language }: { html: string; text: string; language: string | null },
): Promise<void> {
  await db
    .updateTable("site_entries")
    .set({ html, plain_text: text, language })
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .execute();
}
