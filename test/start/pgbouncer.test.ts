import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { migrate, openDatabase } from "#platform/db";
import { migrateJobs } from "#platform/jobs";
import { buildWorkspace } from "../support/builders.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { type PgBouncer, pgBouncerMissing, startPgBouncer } from "./pgbouncer.ts";

const missing = pgBouncerMissing();
if (missing !== null) console.log(`skipped: Galley behind PgBouncer; ${missing}`);

/** An open database keeps some of the pooler's connections, as other processes of Galley do. */
async function withOthers<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  const others = openDatabase({ url, poolSize: 3 });
  try {
    const query = sql`select pg_sleep(0.05)`;
    await Promise.all(Array.from({ length: 3 }, () => query.execute(others.system)));
    return await work();
  } finally {
    await others.close();
  }
}

describe.skipIf(missing !== null)("behind PgBouncer", () => {
  let server: TestDatabase;
  let bouncer: PgBouncer | null;
  beforeAll(async () => {
    server = await testDatabase();
  });
  afterAll(() => server.close());
  afterEach(() => bouncer?.stop());

  test.each([
    ["transaction", "0"],
    ["transaction", "1"],
    ["statement", "0"],
  ])(
    "in mode %s (server_round_robin %s), where sessions share, the start is refused with words",
    async (mode, turns) => {
      bouncer = await startPgBouncer(server.url, { pool_mode: mode, server_round_robin: turns });
      const { url } = bouncer;
      const refused = { code: "db.pooler", kind: "unavailable" };
      await expect(migrate(url)).rejects.toMatchObject(refused);
      for (let count = 0; count < 5; count += 1) {
        await withOthers(url, () => expect(migrate(url)).rejects.toMatchObject(refused));
      }
      await expect(migrate(url)).rejects.toThrow(/pool_mode = session.*port 5432/su);
    },
  );

  test("with one connection for all, which a session alone would keep, the start is refused too", async () => {
    bouncer = await startPgBouncer(server.url, { pool_mode: "transaction", default_pool_size: "1" });
    await expect(migrate(bouncer.url)).rejects.toMatchObject({ code: "db.pooler" });
  });

  test("that gives a session's settings to the next one, the start is refused", async () => {
    bouncer = await startPgBouncer(server.url, { pool_mode: "session", server_reset_query: "" });
    await expect(migrate(bouncer.url)).rejects.toThrow(/server_reset_query = DISCARD ALL/u);
  });

  test("in session mode everything works, and workspaces stay apart", async () => {
    bouncer = await startPgBouncer(server.url, { pool_mode: "session" });
    const { url } = bouncer;
    await withOthers(url, async () => {
      expect(await migrate(url)).toEqual([]);
      await migrateJobs(url);
    });
    const database = openDatabase({ url });
    try {
      const [one, two] = [await buildWorkspace(database), await buildWorkspace(database)];
      const seen = await Promise.all(
        [one, two, one, two].map(({ id }) =>
          database.inWorkspace(id, (tx) => tx.selectFrom("workspaces").select("id").execute()),
        ),
      );
      expect(seen.map((rows) => rows.map(({ id }) => id))).toEqual([[one.id], [two.id], [one.id], [two.id]]);
      const { rows } = await sql<{ role: string; timeout: string }>`select current_user as role,
        current_setting('idle_in_transaction_session_timeout') as timeout`.execute(database.system);
      expect(rows).toEqual([{ role: "galley_system", timeout: "15s" }]);
    } finally {
      await database.close();
    }
  });
});
