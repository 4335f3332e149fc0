import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** In the data folder: an order to treat the database as restored, which the next look of a worker obeys. */
const orderFile = "restored.json";

const orderSchema = z.object({ since: z.iso.datetime({ offset: true }) });

/** Orders the quarantine of a restored database, before or while its server runs; `since`: when the backup was made. */
export async function orderQuarantine(dataDir: string, since: Date): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, orderFile), JSON.stringify({ since: since.toISOString() }), {
    flush: true,
    mode: 0o600,
  });
}

/**
 * When the backup was made; null where nobody has ordered a quarantine. Throws for a file that cannot be
 * read as an order: guessing could publish twice.
 */
export async function quarantineOrder(dataDir: string): Promise<Date | null> {
  const text = await readFile(join(dataDir, orderFile), "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : new Date(orderSchema.parse(JSON.parse(text)).since);
}

export async function clearQuarantineOrder(dataDir: string): Promise<void> {
  await rm(join(dataDir, orderFile), { force: true });
}
