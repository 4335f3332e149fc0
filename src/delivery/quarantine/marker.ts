import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isLoopbackName } from "#kit";
import { writeWhole } from "#platform/files";

/** In the data folder: how far the database had come when this was written, for whom it is, and where this was. */
const markerFile = "installation.json";
/** Never written again, so that its number on the disk and the moment of its making tell a folder from its copies. */
const originFile = "installation.origin";
const originWords = "Galley knows its own data folder by this file. Leave it where it is.\n";

/** What a copy of an installation does not share with it; null what is not known. */
const placeSchema = z.object({
  origin: z.string(),
  machine: z.string().nullable(),
  address: z.string().nullable(),
});
export type Place = z.output<typeof placeSchema>;

/** The file has the names of the columns: `epoch` tells the database apart, and `beat` counts its epochs. */
const markerSchema = z
  .object({
    epoch: z.string(),
    beat: z.number(),
    // Galleys of before wrote none.
    place: placeSchema.nullable().default(null),
  })
  .transform(({ epoch: databaseId, beat: epoch, place }) => ({ databaseId, epoch, place }));
export type Marker = z.output<typeof markerSchema>;

/** Null where there is none, or it cannot be read as one. */
export async function readMarker(directory: string): Promise<Marker | null> {
  const text = await readFile(join(directory, markerFile), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return markerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Durably: an older marker would make a newer database look right. */
export async function writeMarker(directory: string, { databaseId, epoch, place }: Marker): Promise<void> {
  const text = JSON.stringify({ epoch: databaseId, beat: epoch, place } satisfies z.input<
    typeof markerSchema
  >);
  await writeWhole(join(directory, markerFile), text);
}

/** Where this installation is, as far as it can tell; an address of this machine alone is none. */
export async function findPlace(directory: string, publicUrl: string | null): Promise<Place> {
  const url = publicUrl === null ? null : new URL(publicUrl);
  return {
    origin: await originOf(directory),
    machine: await machineId(),
    address: url === null || isLoopbackName(url.hostname) ? null : url.origin,
  };
}

async function originOf(directory: string): Promise<string> {
  const path = join(directory, originFile);
  await writeFile(path, originWords, { flag: "wx", mode: 0o600, flush: true }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  const { ino, birthtimeMs } = await stat(path);
  return `${ino}:${Math.round(birthtimeMs)}`;
}

/** Of Linux (machine-id(5)); a container seldom has one, and gets another host name with each start. */
async function machineId(): Promise<string | null> {
  const text = await readFile("/etc/machine-id", "utf8").catch(() => "");
  return /^[0-9a-f]{32}$/.test(text.trim()) ? text.trim() : null;
}
