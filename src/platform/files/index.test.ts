import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { newId } from "#kit";
import { afterAll, beforeAll, expect, test } from "vitest";
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
