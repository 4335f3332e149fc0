import type { Kysely } from "kysely";
import type { Database, Schema } from "#platform/db";
import type { Files } from "#platform/files";
import type { Images } from "./images.ts";
import * as store from "./media.store.ts";

/** Widths in pixels that a picture is made in: for a tile, a phone, a column, and a column on a dense screen. */
export const renditionWidths = [160, 480, 960, 1440] as const;
export type RenditionWidth = (typeof renditionWidths)[number];

type Parts = { database: Database; files: Files; images: Images };
type Picture = { bytes: Uint8Array; mimeType: string };

/**
 * A picture at most `width` pixels wide, in WebP: made when it is first asked for, and kept. Where it would be no
 * smaller than the image, the image itself.
 */
export async function renditionOf(
  { database, files, images }: Parts,
  workspaceId: string,
  { sha256, width }: { sha256: string; width: RenditionWidth },
  original: Picture,
): Promise<Picture> {
  const known = await database.inWorkspace(workspaceId, (db) =>
    store.renditionOf(db, workspaceId, sha256, width),
  );
  if (known?.sha256 === sha256) return original;
  // A file that is gone is made again: it holds nothing that the image does not.
  const kept = known && (await files.read(workspaceId, known.sha256).catch(() => null));
  if (known && kept) return { bytes: kept, mimeType: known.mimeType };

  const made = await images.atWidth(original.bytes, width);
  const smaller = made.bytes.length < original.bytes.length;
  await database.inWorkspace(workspaceId, async (db) => {
    // Whoever forgets the image waits, and so leaves no picture of it behind.
    await store.lockBytes(db, workspaceId, sha256);
    if ((await store.typeOfBytes(db, workspaceId, sha256)) === null) return;
    const hash = smaller ? (await files.put(workspaceId, made.bytes)).sha256 : sha256;
    await store.keepRendition(db, workspaceId, { sha256, width, rendition: hash, mimeType: made.mimeType });
  });
  return smaller ? made : original;
}

/** Forgets the smaller pictures of an image that nobody has any more; the caller holds the lock of its bytes. */
export async function forgetRenditions(
  { files }: Pick<Parts, "files">,
  db: Kysely<Schema>,
  workspaceId: string,
  sha256: string,
): Promise<void> {
  for (const rendition of await store.dropRenditions(db, workspaceId, sha256)) {
    if (!(await store.usesBytes(db, workspaceId, rendition))) await files.remove(workspaceId, rendition);
  }
}
