import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { addressOf } from "#contract";
import { testDatabase } from "../support/database.ts";
import { type GalleyProcess, postmasterOf, startGalleyProcess } from "../support/galley.ts";
import { getJson } from "../support/requests.ts";

let dataDir: string;
const running: GalleyProcess[] = [];

async function start(
  options: Partial<Parameters<typeof startGalleyProcess>[0]> = {},
): Promise<GalleyProcess> {
  const galley = await startGalleyProcess({ dataDir, ...options });
  running.push(galley);
  return galley;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "galley-boot-"));
});
afterEach(async () => {
  for (const galley of running.splice(0)) await galley.end("SIGTERM");
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test("an empty folder becomes a Galley that says where it is, in one line, and is ready", async () => {
  const galley = await start();
  expect(galley.output()).toBe(`Galley is ready at ${galley.url}\n`);
  expect(await getJson(`${galley.url}/health`)).toMatchObject({ status: 200 });
  const ready = await getJson(`${galley.url}/ready`);
  expect(ready, JSON.stringify(ready.body)).toMatchObject({ status: 200 });
  expect(await getJson(`${galley.url}${addressOf("setUpNeeded").path}`)).toMatchObject({
    body: { needed: true },
  });
  const metrics = await getJson(`${galley.url}/metrics`);
  expect(metrics.text).toMatch(/^galley_jobs\{state="due"\} 0$/m);
  expect(metrics.text).toContain("# TYPE galley_deliveries gauge");
  expect((await getJson(`${galley.url}/sandbox`)).text).toContain("Sandbox");
  expect(await galley.end("SIGTERM")).toBe(0);
}, 60_000);

test("a second start on the folder is refused and leaves the first alone", async () => {
  const galley = await start();
  await expect(start()).rejects.toThrow(
    /ended with 1: Another Galley \(galley process \d+\) uses the data folder/,
  );
  expect(await getJson(`${galley.url}/ready`)).toMatchObject({ status: 200 });
}, 90_000);

test("a port in use is told with what to do, and the database is closed again", async () => {
  const galley = await start();
  const other = await mkdtemp(join(tmpdir(), "galley-boot-"));
  const port = new URL(galley.url).port;
  await expect(start({ dataDir: other, environment: { PORT: port } })).rejects.toThrow(
    /set PORT to another number/,
  );
  await expect(readFile(join(other, "postgres", "postmaster.pid"))).rejects.toThrow();
  await rm(other, { recursive: true });
}, 90_000);

test("wrong settings are told all at once before anything starts", async () => {
  const environment = { PORT: "many", GALLEY_KEY: "short", LLM_PROVIDER: "oracle" };
  await expect(start({ environment })).rejects.toThrow(/PORT .*\n.*GALLEY_KEY .*\n.*LLM_PROVIDER /);
}, 20_000);

test("kill -9 of everything, also in the middle of a start, loses nothing", async () => {
  let galley = await start();
  await writeFile(join(dataDir, "note"), "kept");
  for (const alsoDatabase of [false, true, true]) {
    const postmaster = postmasterOf(await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8"));
    await galley.end("SIGKILL");
    if (alsoDatabase) process.kill(postmaster, "SIGKILL");
    const halfway = startGalleyProcess({ dataDir });
    halfway.catch(() => undefined);
    await pause(400);
    galley = await start().catch(async () => {
      // The other one came first.
      running.push(await halfway);
      return halfway;
    });
    await halfway
      .then((other) => (other === galley ? undefined : other.end("SIGKILL")))
      .catch(() => undefined);
  }
  expect(await getJson(`${galley.url}/health`)).toMatchObject({ status: 200 });
}, 120_000);

test("SIGTERM lets a request that has begun finish and takes no new one", async () => {
  const galley = await start();
  const { hostname, port } = new URL(galley.url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  // A sign-in whose body is still on its way.
  const body = JSON.stringify({ email: "nobody@example.test", password: "wrong password here" });
  socket.write(
    `POST ${addressOf("signIn").path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  // Long enough for a busy machine to have read the head of the request.
  await pause(1_000);
  const ended = galley.end("SIGTERM");
  await pause(300);
  await expect(getJson(`${galley.url}/health`)).rejects.toThrow();
  socket.write(body.slice(10));
  await vi.waitFor(() => expect(answer).toMatch(/^HTTP\/1.1 401 /), 10_000);
  socket.end();
  expect(await ended).toBe(0);
}, 60_000);

test("a database of one's own: api and worker apart; readiness tells that the worker is missing", async () => {
  const { url, close } = await testDatabase();
  const key = Buffer.alloc(32, 7).toString("base64");
  const environment = { DATABASE_URL: url, GALLEY_KEY: key };
  const api = await start({ command: "api", environment });
  const missing = await getJson(`${api.url}/ready`);
  expect(missing).toMatchObject({
    status: 503,
    body: { checks: { worker: { ok: false }, database: { ok: true } } },
  });
  const worker = await start({ command: "worker", environment });
  await vi.waitFor(
    async () => expect(await getJson(`${api.url}/ready`)).toMatchObject({ status: 200 }),
    10_000,
  );
  expect(await worker.end("SIGTERM")).toBe(0);
  expect(await getJson(`${api.url}/ready`)).toMatchObject({ status: 503 });
  expect(await api.end("SIGTERM")).toBe(0);
  await close();
}, 90_000);

test("a database that is not there is told in words", async () => {
  await expect(start({ environment: { DATABASE_URL: "postgres://127.0.0.1:9/none" } })).rejects.toThrow(
    /The database cannot be used: .*ECONNREFUSED.*Check DATABASE_URL/,
  );
}, 60_000);
