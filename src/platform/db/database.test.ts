import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileOnly, createPool, isUniqueViolation, migrate, schemaTypes } from "#platform/db";
import { createJobs } from "#platform/jobs";
import { buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { type TestDatabase, testDatabase } from "../../../test/support/database.ts";

let setup: TestDatabase;
beforeAll(async () => {
  setup = await testDatabase();
});
afterAll(() => setup.close());

const members = compileOnly.selectFrom("members").select(["workspace_id", "created_at"]).compile();

test("a workspace sees its own rows alone, in reads and in transactions", async () => {
  const { database } = setup;
  const [one, two] = [await buildWorkspace(database), await buildWorkspace(database)];
  await buildMember(database, one.id);
  await buildMember(database, two.id);

  const seen = await Promise.all(
    Array.from({ length: 40 }, (_, index) => database.read((index % 2 ? one : two).id, members)),
  );
  for (const [index, rows] of seen.entries()) {
    expect(rows.map((row) => row.workspace_id)).toEqual([(index % 2 ? one : two).id]);
    expect(rows[0]?.created_at).toBeInstanceOf(Date);
  }
  const inside = await database.inWorkspace(one.id, (tx) => tx.selectFrom("members").selectAll().execute());
  expect(inside.map((row) => row.workspace_id)).toEqual([one.id]);

  const stray = database.inWorkspace(one.id, (tx) =>
    tx.updateTable("members").set({ role: "viewer" }).where("workspace_id", "=", two.id).executeTakeFirst(),
  );
  expect((await stray).numUpdatedRows).toBe(0n);
});

test("a row for another workspace is refused", async () => {
  const { database } = setup;
  const [one, two] = [await buildWorkspace(database), await buildWorkspace(database)];
  const { userId } = await buildMember(database, two.id);
  const insert = database.inWorkspace(one.id, (tx) =>
    tx.insertInto("members").values({ workspace_id: two.id, user_id: userId, role: "owner" }).execute(),
  );
  await expect(insert).rejects.toThrow(/row-level security/);
});

test("an id that is no UUID never reaches the server", async () => {
  await expect(setup.database.read("x'; drop table users; --", members)).rejects.toThrow(/UUID/);
  await expect(setup.database.inWorkspace("x", async () => 1)).rejects.toThrow(/UUID/);
});

test("a read survives a failing query and a parameter that cannot be sent, on the same connection", async () => {
  const { database } = setup;
  const { id } = await buildWorkspace(database);
  const failing = sql<{ x: number }>`select 1 / ${0}::int as x`.compile(compileOnly);
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const unsendable = sql<{ x: unknown }>`select ${circular} as x`.compile(compileOnly);
  const fine = sql<{ big: number; json: { a: number[] }; none: null }>`
    select ${2 ** 40}::int8 as big, ${JSON.stringify({ a: [1] })}::jsonb as json, null as none`.compile(
    compileOnly,
  );
  for (let round = 0; round < 12; round++) {
    await expect(database.read(id, failing)).rejects.toThrow(/division by zero/);
    await expect(database.read(id, unsendable)).rejects.toThrow(/circular/i);
    expect(await database.read(id, fine)).toEqual([{ big: 2 ** 40, json: { a: [1] }, none: null }]);
  }
});

test("an error rolls the transaction back and comes out as it was", async () => {
  const { database } = setup;
  const workspace = await buildWorkspace(database);
  const { userId } = await buildMember(database, workspace.id);
  const clash = database.inWorkspace(workspace.id, async (tx) => {
    await tx.updateTable("workspaces").set({ name: "changed" }).execute();
    await tx
      .insertInto("members")
      .values({ workspace_id: workspace.id, user_id: userId, role: "owner" })
      .execute();
  });
  const error = await clash.catch((caught: unknown) => caught);
  expect(isUniqueViolation(error, "members_pkey")).toBe(true);
  const row = await database.system
    .selectFrom("workspaces")
    .select("name")
    .where("id", "=", workspace.id)
    .executeTakeFirstOrThrow();
  expect(row.name).toBe(workspace.name);
});

test("a job exists exactly when its transaction commits, from both roles", async () => {
  const { database } = setup;
  const { id } = await buildWorkspace(database);
  const jobs = createJobs();
  await database.inWorkspace(id, (tx) => jobs.enqueue(tx, "demo", { id }, { key: "one" }));
  await database.inWorkspace(id, (tx) => jobs.enqueue(tx, "demo", { id }, { key: "one" }));
  await jobs.enqueueMany(database.system, [
    { task: "demo", payload: {} },
    { task: "demo", payload: {}, runAt: new Date(Date.now() + 60_000) },
  ]);
  const rolledBack = database.inWorkspace(id, async (tx) => {
    await jobs.enqueue(tx, "demo", {});
    throw new Error("changed my mind");
  });
  await expect(rolledBack).rejects.toThrow("changed my mind");
  const { rows } = await sql<{
    due: number;
    waiting: number;
  }>`select due, waiting from job_queue_state()`.execute(database.system);
  expect(rows).toEqual([{ due: 2, waiting: 3 }]);
});

test("migrating again changes nothing, also from several processes at once", async () => {
  expect(await Promise.all([migrate(setup.url), migrate(setup.url), migrate(setup.url)])).toEqual([
    [],
    [],
    [],
  ]);
});

test("a server that cannot be used is told in plain words", async () => {
  const unreachable = { code: "db.unreachable", kind: "unavailable" };
  await expect(migrate(setup.url.replace(/\/[^/]+$/, "/absent"))).rejects.toMatchObject(unreachable);
  await expect(migrate("postgres://127.0.0.1:9/none")).rejects.toMatchObject(unreachable);
});

test("a changed or unknown migration stops the start", async () => {
  const { url, close } = await testDatabase();
  const owner = createPool({ url, role: null, size: 1 });
  await owner.query("insert into galley_meta.migrations (name, checksum) values ('9999_later.sql', 'x')");
  await expect(migrate(url)).rejects.toMatchObject({ code: "db.newer" });
  await owner.query("delete from galley_meta.migrations where name = '9999_later.sql'");
  await owner.query("update galley_meta.migrations set checksum = 'x' where name like '0001%'");
  await expect(migrate(url)).rejects.toMatchObject({ code: "db.migration_changed" });
  await owner.end();
  await close();
});

test("a user without the right to create roles is told what an administrator must run", async () => {
  const owner = createPool({ url: setup.url, role: null, size: 1 });
  const name = `limited_${process.pid}`;
  await owner.query(`create role ${name} login password 'limited'`);
  const limited = new URL(setup.url);
  limited.username = name;
  limited.password = "limited";
  await expect(migrate(limited.href)).rejects.toMatchObject({ code: "db.roles" });
  await owner.query(`drop role ${name}`);
  await owner.end();
});

test("the generated types are those of the migrations", async () => {
  const written = await readFile(new URL("./schema.gen.ts", import.meta.url), "utf8");
  expect(await schemaTypes(setup.url), "run node scripts/generate-schema.ts").toBe(written);
});

test("only what touches no tenant's table runs with its owner's rights, which row-level security may bind", async () => {
  const { rows } = await sql<{ name: string }>`
    select proname as name from pg_proc
    where prosecdef and pronamespace = 'public'::regnamespace order by proname`.execute(
    setup.database.system,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    "enqueue_jobs",
    "guard_confirmed_address",
    "guard_last_installation_admin",
    "job_queue_state",
  ]);
});
