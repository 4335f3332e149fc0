import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addressOf, type AddressParts } from "#contract";
import { requestOf, type Sent, type TestOperation } from "../support/calls.ts";
import { type GalleyProcess, postmasterOf, startGalleyProcess } from "../support/galley.ts";

// What a machine does to a server that nobody watches. What was acknowledged must be there afterwards,
// and what was not must have said so in words.

const password = "seven quiet herons wade";
let dataDir: string;
let galley: GalleyProcess;
let bearer: string;

type Answer = {
  status: number;
  body: { id?: string; code?: string; detail?: string; items?: { id: string }[] };
};

async function call<Id extends TestOperation>(operation: Id, ...[given]: Sent<Id>): Promise<Answer> {
  const { params, body } = (given ?? {}) as AddressParts & { body?: unknown };
  const { method, url } = requestOf(operation, { params });
  const response = await fetch(`${galley.url}${url}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function setUp(): Promise<void> {
  const person = { name: "Ada", email: "ada@example.com", password };
  await call("setUp", { body: { ...person, workspaceName: "Example", timeZone: "Europe/Berlin" } });
  const response = await fetch(`${galley.url}${addressOf("signIn").path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: person.email, password, transport: "bearer" }),
  });
  bearer = response.headers.get("set-auth-token") ?? "";
}

/** Saves drafts one after the other; `kept` are those that the server acknowledged. `afterTen` runs beside the rest. */
async function saveDrafts(
  count: number,
  afterTen: () => Promise<void> = async () => undefined,
): Promise<{ kept: string[]; refused: Answer[] }> {
  let trouble: Promise<void> | null = null;
  const kept: string[] = [];
  const refused: Answer[] = [];
  for (let index = 0; index < count; index += 1) {
    const title = `Draft ${index} ${"of some length ".repeat(12)}`;
    const answer = await call("createPost", { body: { title, variants: [] } });
    if (answer.status === 201 && answer.body.id !== undefined) kept.push(answer.body.id);
    else refused.push(answer);
    if (kept.length === 10) trouble ??= afterTen();
  }
  await trouble;
  return { kept, refused };
}

async function untilReady(): Promise<void> {
  await expect
    .poll(async () => (await fetch(`${galley.url}/ready`)).status, { timeout: 60_000, interval: 250 })
    .toBe(200);
}

async function expectAllThere(kept: string[]): Promise<void> {
  for (const id of kept) expect(await call("getPost", { params: { id } })).toMatchObject({ status: 200 });
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "galley-trouble-"));
});
afterEach(async () => {
  await galley.end("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
});

test("a database that stops is told in words, comes back, and has all that was acknowledged", async () => {
  galley = await startGalleyProcess({ dataDir, environment: { REQUESTS_PER_MINUTE: "100000" } });
  await setUp();
  const { kept, refused } = await saveDrafts(300, async () => {
    process.kill(
      postmasterOf(await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")),
      "SIGKILL",
    );
  });
  await untilReady();
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 503, body: { code: "http.database_unavailable" } });
    expect(answer.body.detail).toMatch(/try again/);
  }
  expect(kept.length).toBeGreaterThan(9);
  await expectAllThere(kept);
}, 120_000);

test("a full disk is told in words, and once there is room everything acknowledged is there", async (context) => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512m", "tmpfs", dataDir], { stdio: "ignore" });
  } catch {
    console.info("skipped: mounting a small disk needs root on Linux");
    galley = await startGalleyProcess({ dataDir });
    context.skip("mounting a small disk needs root on Linux");
  }
  try {
    galley = await startGalleyProcess({ dataDir, environment: { REQUESTS_PER_MINUTE: "100000" } });
    await setUp();
    const before = await saveDrafts(5);
    await fillDisk(join(dataDir, "filler"));
    expect((await fetch(`${galley.url}/ready`)).status).toBe(503);
    const form = new FormData();
    form.set("file", new Blob([await noisyImage()], { type: "image/png" }), "noise.png");
    const upload = await fetch(`${galley.url}${addressOf("uploadMedia").path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
      body: form,
    });
    const problem = (await upload.json()) as Answer["body"];
    expect(upload.status, JSON.stringify(problem)).toBe(503);
    expect(problem.detail).toMatch(/disk|space/i);
    const during = await saveDrafts(100);
    for (const answer of during.refused) {
      expect(answer.status).toBe(503);
      expect(answer.body.detail).toMatch(/disk|space|try again/i);
    }
    await rm(join(dataDir, "filler"));
    await untilReady();
    await expectAllThere([...before.kept, ...during.kept]);
    expect((await saveDrafts(1)).kept).toHaveLength(1);
  } finally {
    await galley.end("SIGTERM");
    execFileSync("umount", [dataDir]);
  }
}, 180_000);

/** Takes every free byte of the file system. */
async function fillDisk(path: string): Promise<void> {
  for (const size of [16 << 20, 1 << 20, 64 << 10, 4 << 10]) {
    try {
      for (;;) await writeFile(path, Buffer.alloc(size, 1), { flag: "a" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }
}

/** An image that does not compress: about 1 MB as it is stored. */
async function noisyImage(): Promise<Buffer<ArrayBuffer>> {
  const { default: sharp } = await import("sharp");
  const { randomBytes } = await import("node:crypto");
  const raw = { width: 600, height: 600, channels: 3 } as const;
  return Buffer.from(
    await sharp(randomBytes(600 * 600 * 3), { raw })
      .png()
      .toBuffer(),
  );
}
