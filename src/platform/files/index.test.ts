import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#kit";
import { createFiles } from "./index.ts";

const workspaceId = newId();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "galley-files-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test("bytes come back as they were, and storing them twice is one file", async () => {
  const files = createFiles({ directory });
  const bytes = Buffer.from("some bytes");
  const stored = await Promise.all([files.put(workspaceId, bytes), files.put(workspaceId, bytes)]);
  const hash = stored[0].sha256;
  expect(stored[1].sha256).toBe(hash);
  expect(Buffer.from(await files.read(workspaceId, hash))).toEqual(bytes);
  expect(await filesIn(path.join(directory, workspaceId))).toEqual([hash]);
  await files.remove(workspaceId, hash);
  await files.remove(workspaceId, hash);
  await expect(files.read(workspaceId, hash)).rejects.toMatchObject({ code: "files.missing" });
});

test("a file that changed on the disk is never handed out", async () => {
  const files = createFiles({ directory });
  const { sha256 } = await files.put(workspaceId, Buffer.from("the truth"));
  await writeFile(path.join(directory, workspaceId, sha256.slice(0, 2), sha256), "a lie");
  await expect(files.read(workspaceId, sha256)).rejects.toMatchObject({ code: "files.damaged" });
});

async function piecesOf(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of chunks) pieces.push(Buffer.from(piece).toString());
  return pieces;
}

test("bytes come back in pieces, and the last piece of a changed file never does", async () => {
  const files = createFiles({ directory });
  const { sha256 } = await files.put(workspaceId, Buffer.from("one two six"));
  expect(await piecesOf(files.chunks(workspaceId, sha256, 4))).toEqual(["one ", "two ", "six"]);
  expect(await piecesOf(files.chunks(workspaceId, sha256, 11))).toEqual(["one two six"]);
  expect(await piecesOf(files.chunks(workspaceId, sha256, 50))).toEqual(["one two six"]);
  await writeFile(path.join(directory, workspaceId, sha256.slice(0, 2), sha256), "one two sax");
  const seen: string[] = [];
  const reading = (async () => {
    for await (const piece of files.chunks(workspaceId, sha256, 4)) seen.push(Buffer.from(piece).toString());
  })();
  await expect(reading).rejects.toMatchObject({ code: "files.damaged" });
  expect(seen).toEqual(["one ", "two "]);
  await expect(piecesOf(files.chunks(workspaceId, "0".repeat(64), 4))).rejects.toMatchObject({
    code: "files.missing",
  });
});

test("what is staged has no name until it is kept, and goes away when it is dropped", async () => {
  const files = createFiles({ directory });
  const source = Readable.from([Buffer.from("a long "), Buffer.from("story")]);
  const staged = await files.stage(source);
  await expect(files.read(workspaceId, staged.sha256)).rejects.toMatchObject({ code: "files.missing" });
  await staged.keep(workspaceId);
  await staged.drop();
  expect(Buffer.from(await files.read(workspaceId, staged.sha256)).toString()).toBe("a long story");
  const opened = await files.open(workspaceId, staged.sha256);
  expect(opened.bytes).toBe(12);
  expect(await text(opened.read({ first: 2, last: 5 }))).toBe("long");
  const dropped = await files.stage(Readable.from([Buffer.from("never mind")]));
  await dropped.drop();
  await expect(dropped.keep(workspaceId)).rejects.toMatchObject({ code: "files.missing" });
});

test("a large file passes through without being in memory", async () => {
  const files = createFiles({ directory });
  const [piece, count] = [1_000_000, 100];
  const held = Buffer.alloc(piece);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  async function* pieces() {
    for (let index = 0; index < count; index += 1) {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      yield held.fill(index);
    }
  }
  const staged = await files.stage(pieces());
  expect(staged.bytes).toBe(piece * count);
  await staged.keep(workspaceId);
  for await (const part of files.chunks(workspaceId, staged.sha256, piece)) {
    expect(part.length).toBe(piece);
  }
  expect(most).toBeLessThan((piece * count) / 2);
});

async function* broken() {
  yield Buffer.from("half");
  throw new TypeError("the line was cut");
}

test("a source that breaks leaves nothing behind, nor does a process that died a day ago", async () => {
  const files = createFiles({ directory });
  const incoming = path.join(directory, "incoming");
  const forgotten = path.join(incoming, "forgotten.part");
  await mkdir(incoming, { recursive: true });
  await writeFile(forgotten, "half");
  const longAgo = new Date(Date.now() - 2 * 86_400_000);
  await utimes(forgotten, longAgo, longAgo);
  await expect(files.stage(broken())).rejects.toThrow("the line was cut");
  expect(await readdir(incoming)).toEqual([]);
});

test("names that lead elsewhere are refused", async () => {
  const files = createFiles({ directory });
  await expect(files.read("../..", "0".repeat(64))).rejects.toBeInstanceOf(TypeError);
  await expect(files.read(workspaceId, "../../etc/passwd")).rejects.toBeInstanceOf(TypeError);
});

test("a full disk is told as such, and nothing half-written stays", async (context) => {
  const small = path.join(directory, "small");
  try {
    execFileSync("mkdir", ["-p", small]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small], { stdio: "ignore" });
  } catch {
    console.info("skipped: mounting a small disk needs root on Linux");
    context.skip();
    return;
  }
  try {
    const files = createFiles({ directory: small });
    await files.put(workspaceId, Buffer.from("fits"));
    const failure = files.put(workspaceId, Buffer.alloc(1_000_000, 1));
    await expect(failure).rejects.toMatchObject({ code: "files.disk_full", kind: "unavailable" });
    expect(await filesIn(small)).toHaveLength(1);
  } finally {
    execFileSync("umount", [small]);
  }
});
