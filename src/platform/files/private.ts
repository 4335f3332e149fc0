import { chmod, mkdir, readdir } from "node:fs/promises";
import path from "node:path";

/** As root, PostgreSQL runs under another account, and only on Linux it needs no way through the folders above. */
const folderMode = process.platform !== "linux" && process.getuid?.() === 0 ? 0o711 : 0o700;

/** PostgreSQL keeps its own folder closed, and gives it to its own account. */
const keptByOthers = /^postgres(?:\.new-\d+)?$/;

/**
 * Makes the data folder where there is none, and closes it and what lies in it to other accounts of this machine: it
 * holds the key, the database, media and mails. What is deeper lies behind a closed door. Answers the places that it
 * could not close, as on a volume that belongs to somebody else. Nothing to do on Windows, which inherits rights.
 */
export async function makePrivateFolder(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: folderMode });
  if (process.platform === "win32") return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const places = entries
    .filter((entry) => !keptByOthers.test(entry.name) && (entry.isDirectory() || entry.isFile()))
    .map((entry) => ({ place: path.join(folder, entry.name), mode: entry.isDirectory() ? 0o700 : 0o600 }));
  const open: string[] = [];
  for (const { place, mode } of [{ place: folder, mode: folderMode }, ...places]) {
    await chmod(place, mode).catch((error: NodeJS.ErrnoException) => {
      // What another process removed meanwhile is closed.
      if (error.code !== "ENOENT") open.push(place);
    });
  }
  return open;
}
