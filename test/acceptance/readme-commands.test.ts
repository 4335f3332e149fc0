import { spawn, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { type GalleyProcess, startGalleyProcess } from "../support/galley.ts";

const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { encoding: "utf8" });
const files = listed.status === 0 ? listed.stdout.split("\0").filter(Boolean) : null;
if (files === null)
  console.warn("skipped: a copy of the project is made of what git knows, and git knows nothing here");

let folder: string;
let clone: string;
let db: TestDatabase;
let galley: GalleyProcess;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "galley-readme-"));
  clone = path.join(folder, "galley");
  for (const file of files ?? []) {
    await mkdir(path.dirname(path.join(clone, file)), { recursive: true });
    await cp(file, path.join(clone, file)).catch((error: NodeJS.ErrnoException) => {
      // Removed, and git was not told yet.
      if (error.code !== "ENOENT") throw error;
    });
  }
  // What `npm ci` would put there.
  await symlink(path.resolve("node_modules"), path.join(clone, "node_modules"));
  await cp("test/fixtures/articles/shade.md", path.join(clone, "article.md"));
  db = await testDatabase();
  galley = await startGalleyProcess({
    dataDir: path.join(folder, "data"),
    environment: { DATABASE_URL: db.url, LOG_LEVEL: "silent" },
  });
}, 240_000);
afterAll(async () => {
  await galley?.end("SIGTERM");
  await db?.close();
  await rm(folder, { recursive: true, force: true });
});

type Outcome = { code: number | null; out: string; err: string };

/** One line as a shell runs it, with the machine's own Node and npm first. */
function shell(line: string, input = "", programs = ""): Promise<Outcome> {
  const own = path.resolve("node_modules/.bin");
  const machine = (process.env["PATH"] ?? "").split(path.delimiter).filter((place) => place !== own);
  const child = spawn("sh", ["-c", line], {
    cwd: clone,
    env: {
      PATH: [programs, ...machine].filter(Boolean).join(path.delimiter),
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      GALLEY_SERVER: galley.url,
      // Nothing may be fetched: what the README names must be here.
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
    },
  });
  const texts = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.err += text));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

async function readmeLines(): Promise<string[]> {
  const readme = await readFile("README.md", "utf8");
  const section = readme.slice(readme.indexOf("## From the command line"));
  const [, block = ""] = /```\n([^`]*)```/u.exec(section) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/u, ""));
}

test.skipIf(files === null)(
  "the command lines of the README work in a copy of the project, and --json prints JSON alone",
  { timeout: 600_000 },
  async () => {
    const lines = await readmeLines();
    expect(lines.length).toBeGreaterThan(8);
    let id = "";
    for (const line of lines) {
      expect(line).toMatch(/^npx galley /u);
      const filled = line.replace(/\bID\b/u, id);
      // Nobody sits at this terminal to be asked.
      const answered = / approve /u.test(line) ? `${filled} --yes` : filled;
      const outcome = await shell(answered, "seven quiet herons wade");
      expect(outcome, line).toMatchObject({ code: 0 });
      if (line.includes("--json")) {
        expect(JSON.parse(outcome.out)).toMatchObject({ status: "published" });
        expect(outcome.err).toBe("");
      }
      id ||= /galley submit ([\da-f-]{36})/u.exec(outcome.out)?.[1]?.slice(0, 30) ?? "";
    }
  },
);

test.skipIf(files === null)(
  "npm install --global makes it a command for whatever Node the machine has",
  { timeout: 300_000 },
  async () => {
    const prefix = path.join(folder, "global");
    const installed = await shell(`npm install --global --prefix ${prefix} --ignore-scripts --no-audit .`);
    expect(installed).toMatchObject({ code: 0 });
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    const programs = path.join(prefix, "bin");
    expect(await shell("cd / && galley --version", "", programs)).toEqual({
      code: 0,
      out: `${version}\n`,
      err: "",
    });
    expect(await shell("cd / && galley nonsense", "", programs)).toMatchObject({ code: 2 });
    const script = await shell("galley completion bash > completion && bash -n completion", "", programs);
    expect(script).toMatchObject({ code: 0 });
    const words = await shell("galley complete -- invitations cr", "", programs);
    expect(words.out).toMatch(/^create\t/u);
    for (const name of ["zsh", "fish"]) {
      expect((await shell(`galley completion ${name}`, "", programs)).out).toContain("galley");
    }
  },
);
