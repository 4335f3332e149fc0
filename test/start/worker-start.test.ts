import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** What the two roles are composed of, as `serve.ts` imports it. */
const worker = ["src/app/serve.ts", "src/app/services.ts", "src/app/features.ts", "src/app/work.ts"];

async function loadedBy(files: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["test/processes/loaded.ts", ...files]);
  return stdout.split("\n");
}

test("a worker loads neither the server nor what a single kind of job needs", async () => {
  const loaded = await loadedBy(worker);
  expect(loaded).toContain("graphile-worker");
  const server = ["fastify", "ajv", "@fastify/swagger", "@fastify/multipart", "prom-client", "feedsmith"];
  const rare = [
    "better-auth",
    "ai",
    "sharp",
    "linkedom",
    "nodemailer",
    "marked",
    "markdown-it",
    "eld",
    "file-type",
    "@node-rs/argon2",
  ];
  expect(loaded.filter((name) => [...server, ...rare].includes(name))).toEqual([]);
}, 60_000);

test("the server is where the API is, without what writes feeds", async () => {
  const loaded = await loadedBy([...worker, "src/app/api.ts"]);
  expect(loaded).toContain("fastify");
  expect(loaded).not.toContain("feedsmith");
}, 60_000);

test("from its second start on, the program runs without the type stripper", async () => {
  const report = `data:text/javascript,process.on("exit", () => console.log(process.moduleLoadList.join()))`;
  async function start(): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      report,
      "bin/galley.mjs",
      "--help",
    ]);
    return stdout;
  }
  await start();
  const parts = await start();
  expect(parts).toContain("internal/modules/esm/loader");
  expect(parts).not.toContain("amaro");
}, 60_000);
