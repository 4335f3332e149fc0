import { chown, lstat, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The user and group that PostgreSQL runs as: it refuses to run as root. */
export type Account = { uid: number; gid: number };

const overflowId = 65_534;

async function findNobody(): Promise<Account> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  const [, , uid, gid] = /^nobody:.*$/m.exec(users)?.[0].split(":") ?? [];
  return { uid: Number(uid ?? overflowId), gid: Number(gid ?? overflowId) };
}

/**
 * Whom to run PostgreSQL as. Null: as we are. As root, the owner of the data that stands already (a
 * person who then ran Galley with sudo), else `nobody`.
 */
export async function serverAccount(clusterFolder: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(clusterFolder).catch(() => null);
  return owner !== null && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : findNobody();
}

/**
 * Gives a folder and all in it to `account`; links themselves, never what they point to. What vanishes
 * under way is left out: a server that another Galley starts at this moment removes files of its own.
 */
export async function chownTree(account: Account, path: string): Promise<void> {
  const entry = await lstat(path).catch(unlessGone);
  if (!entry || entry.isSymbolicLink()) return;
  if (entry.uid !== account.uid) await chown(path, account.uid, account.gid).catch(unlessGone);
  if (!entry.isDirectory()) return;
  for (const name of (await readdir(path).catch(unlessGone)) ?? [])
    await chownTree(account, join(path, name));
}

function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

const othersMayEnter = 0o001;
const othersMayReadAndEnter = 0o005;

/** True when any account can reach `path` through all of its parents and read it. */
export async function isOpenToAll(path: string): Promise<boolean> {
  if (((await stat(path)).mode & othersMayReadAndEnter) !== othersMayReadAndEnter) return false;
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & othersMayEnter) === 0) return false;
  }
  return true;
}
