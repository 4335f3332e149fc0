import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../src/edge/cli/index.ts";
import { buildUser } from "./builders.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

// Commands that reach the database themselves: no server runs here, and nobody is signed in.

let folder: string;
let db: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "galley-machine-"));
  db = await testDatabase();
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

type Outcome = { code: number; out: string; err: string };

async function run(argv: string[], { input = "", environment = {} } = {}): Promise<Outcome> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const settings = { DATABASE_URL: db.url, XDG_CONFIG_HOME: folder, ...environment };
  const code = await runCli(argv, { stdin, stdout, stderr, environment: settings, folder });
  return { code, out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

test("admins of the installation are named, listed and removed, the last one never", async () => {
  const first = await buildUser(db.database, { email: "first@example.test" });
  await buildUser(db.database, { email: "second@example.test" });
  expect((await run(["admin", "add", "First@Example.test"])).out).toContain("first@example.test");
  expect((await run(["admin", "add", "second@example.test"])).out).toContain("second@example.test");
  expect(await run(["admin", "add", "nobody@example.test"])).toMatchObject({
    code: 4,
    err: expect.stringContaining("Nobody here has an account"),
  });
  expect((await run(["admin", "remove", "second@example.test"])).out).not.toContain("second");
  expect(await run(["admin", "remove", "first@example.test"])).toMatchObject({
    code: 5,
    err: expect.stringContaining("needs an admin"),
  });
  const list = await run(["admin", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject({ items: [{ email: "first@example.test" }] });
  const events = await db.database.system
    .selectFrom("installation_events")
    .select(["actor_kind", "action", "target_id"])
    .orderBy("id")
    .execute();
  expect(events).toHaveLength(3);
  expect(events[0]).toEqual({
    actor_kind: "machine",
    action: "installation.admin_added",
    target_id: first.id,
  });
});

test("a folder without a Galley is told", async () => {
  const environment = { DATABASE_URL: undefined, DATA_DIR: path.join(folder, "nothing") };
  const { code, err } = await run(["admin", "list"], { environment });
  expect([code, err]).toEqual([4, expect.stringContaining("There is no Galley in")]);
});
