import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { GalleyError, isId, sha256 } from "#kit";
import { syncFolder, writeWhole } from "./whole.ts";

export { makePrivateFolder } from "./private.ts";
export { writeWhole } from "./whole.ts";

/**
 * Bytes on disk under the hash of their content, one folder per workspace. A name stands for one
 * content for ever, so that writing twice is harmless and what was approved can be proven.
 */
export type Files = {
  /** Stores bytes and returns their SHA-256. They are on the disk, whole, when this returns. */
  put(workspaceId: string, bytes: Uint8Array): Promise<{ sha256: string }>;
  /** The bytes, checked against their name. Throws `files.missing` or `files.damaged`. */
  read(workspaceId: string, sha256: string): Promise<Uint8Array>;
  /**
   * The bytes in order, in pieces of exactly `size` but for the last one, a piece or two in memory at a
   * time. Throws `files.damaged` before the last piece where they are not what their name says.
   */
  chunks(workspaceId: string, sha256: string, size: number): AsyncIterable<Uint8Array>;
  /**
   * Takes in what may not fit into memory: written as it comes, under no name yet. It is on the disk,
   * whole, when this returns; the caller keeps or drops it. Throws what `source` throws.
   */
  stage(source: AsyncIterable<Uint8Array>): Promise<StagedFile>;
  /** A stored file for reading pieces of it, unchecked. Throws `files.missing`. */
  open(workspaceId: string, sha256: string): Promise<OpenedFile>;
  /** Forgets the bytes; nothing happens where there are none. */
  remove(workspaceId: string, sha256: string): Promise<void>;
};

export type StagedFile = {
  /** Where it lies until it is kept. */
  path: string;
  sha256: string;
  bytes: number;
  /** Gives it its name in the workspace, as `put` would. */
  keep(workspaceId: string): Promise<void>;
  /** Forgets it; nothing happens where it was kept. */
  drop(): Promise<void>;
};

export type OpenedFile = {
  bytes: number;
  /** `first` to `last` byte, both included; the whole without. */
  read(range?: { first: number; last: number }): Readable;
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
    throw damaged();
  }

  async function* chunks(workspaceId: string, hash: string, size: number): AsyncIterable<Uint8Array> {
    const source = place(workspaceId, hash);
    const file = await explained("read", () => open(source, "r"));
    try {
      const counted = createHash("sha256");
      let held = await explained("read", () => readPiece(file, size));
      counted.update(held);
      while (held.length === size) {
        const next = await explained("read", () => readPiece(file, size));
        if (next.length === 0) break;
        counted.update(next);
        yield held;
        held = next;
      }
      if (counted.digest("hex") !== hash) throw damaged();
      yield held;
    } finally {
      await file.close();
    }
  }

  async function stage(source: AsyncIterable<Uint8Array>): Promise<StagedFile> {
    const folder = path.join(directory, "incoming");
    const draft = path.join(folder, `${randomBytes(12).toString("hex")}.part`);
    await explained("store", () => mkdir(folder, { recursive: true, mode: 0o700 }));
    await dropForgotten(folder);
    const drop = (): Promise<void> => explained("remove", () => rm(draft, { force: true }));
    try {
      const { sha256: hash, bytes } = await writeAsItComes(draft, source);
      return {
        path: draft,
        sha256: hash,
        bytes,
        drop,
        keep: (workspaceId) => explained("store", () => moveTo(draft, place(workspaceId, hash))),
      };
    } catch (error) {
      await drop();
      throw error;
    }
  }

  async function openStored(workspaceId: string, hash: string): Promise<OpenedFile> {
    const source = place(workspaceId, hash);
    const { size } = await explained("read", () => stat(source));
    return {
      bytes: size,
      read: (range) => createReadStream(source, range ? { start: range.first, end: range.last } : undefined),
    };
  }

  async function remove(workspaceId: string, hash: string): Promise<void> {
    const target = place(workspaceId, hash);
    await explained("remove", () => rm(target, { force: true }));
  }

  return { put, read, chunks, stage, open: openStored, remove };
}

async function writeAsItComes(
  target: string,
  source: AsyncIterable<Uint8Array>,
): Promise<{ sha256: string; bytes: number }> {
  const counted = createHash("sha256");
  let bytes = 0;
  const file = await explained("store", () => open(target, "wx", 0o600));
  try {
    for await (const piece of source) {
      counted.update(piece);
      bytes += piece.length;
      await explained("store", () => file.writeFile(piece));
    }
    await explained("store", () => file.sync());
  } finally {
    await file.close();
  }
  return { sha256: counted.digest("hex"), bytes };
}

async function moveTo(draft: string, target: string): Promise<void> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(draft, target);
  await syncFolder(folder);
}

const forgottenAfterMs = 24 * 60 * 60 * 1000;

/** What a process that died left half-written; nobody else is on it after a day. */
async function dropForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const known = await stat(file).catch(() => null);
    if (known && Date.now() - known.mtimeMs > forgottenAfterMs) await rm(file, { force: true });
  }
}

function damaged(): FilesError {
  return new FilesError({
    code: "files.damaged",
    kind: "internal",
    message: "A stored file has changed on the disk; restore it from a backup or upload it again.",
  });
}

/** The next `size` bytes; fewer only at the end of the file. */
async function readPiece(file: FileHandle, size: number): Promise<Uint8Array> {
  const piece = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(piece, filled, size - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return piece.subarray(0, filled);
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
