import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { GalleyError, isId, sha256 } from "#kit";

/**
 * Bytes on disk under the hash of their content, one folder per workspace. A name stands for one
 * content for ever, so that writing twice is harmless and what was approved can be proven.
 */
export type Files = {
  /** Stores bytes and returns their SHA-256. They are on the disk, whole, when this returns. */
  put(workspaceId: string, bytes: Uint8Array): Promise<{ sha256: string }>;
  /** The bytes, checked against their name. Throws `files.missing` or `files.damaged`. */
  read(workspaceId: string, sha256: string): Promise<Uint8Array>;
  /** Forgets the bytes; nothing happens where there are none. */
  remove(workspaceId: string, sha256: string): Promise<void>;
};

class FilesError extends GalleyError {}

/** @param options.directory made on first use, readable by this user alone */
export function createFiles({ directory }: { directory: string }): Files {
  function place(workspaceId: string, hash: string): string {
    // Both end up in a path; nothing else may.
    if (!isId(workspaceId) || !/^[0-9a-f]{64}$/.test(hash)) throw new TypeError("not a stored file's name");
    return path.join(directory, workspaceId, hash.slice(0, 2), hash);
  }

  async function put(workspaceId: string, bytes: Uint8Array): Promise<{ sha256: string }> {
    const hash = sha256(bytes);
    const target = place(workspaceId, hash);
    await explained("store", () => writeWhole(target, bytes));
    return { sha256: hash };
  }

  async function read(workspaceId: string, hash: string): Promise<Uint8Array> {
    const source = place(workspaceId, hash);
    const bytes = await explained("read", () => readFile(source));
    if (sha256(bytes) === hash) return bytes;
    throw new FilesError({
      code: "files.damaged",
      kind: "internal",
      message: "A stored file has changed on the disk; restore it from a backup or upload it again.",
    });
  }

  async function remove(workspaceId: string, hash: string): Promise<void> {
    const target = place(workspaceId, hash);
    await explained("remove", () => rm(target, { force: true }));
  }

  return { put, read, remove };
}

/** The name appears with all of the bytes or not at all, also when the power fails. */
async function writeWhole(target: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${target}.${randomBytes(6).toString("hex")}.part`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a rename durable. Windows can't open folders and needs no such step. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const reasons: Record<string, { code: string; message: string }> = {
  ENOSPC: {
    code: "files.disk_full",
    message: "The disk is full; free some space and try again. Nothing was stored.",
  },
  EDQUOT: {
    code: "files.disk_full",
    message: "The disk quota is used up; free some space and try again. Nothing was stored.",
  },
  EROFS: {
    code: "files.read_only",
    message: "The data folder is read-only; make it writable and try again.",
  },
  EACCES: { code: "files.no_access", message: "Galley may not write to its data folder; check who owns it." },
};

async function explained<Result>(verb: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "";
    if (reason === "ENOENT") {
      throw new FilesError({
        code: "files.missing",
        kind: "not_found",
        message: "The file is no longer stored; upload it again.",
        cause: error,
      });
    }
    const known = reasons[reason];
    throw new FilesError({
      code: known?.code ?? "files.failed",
      kind: "unavailable",
      message: known?.message ?? `Could not ${verb} a file${reason && ` (${reason})`}; see the log.`,
      retryable: true,
      cause: error,
    });
  }
}
