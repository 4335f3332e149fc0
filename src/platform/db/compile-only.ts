import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import type { Schema } from "./schema.gen.ts";

/**
 * Builds queries and runs none: `database.read(id, compileOnly.selectFrom("posts").selectAll().compile())`.
 * Build a query that is used often once, at the top of its file.
 */
export const compileOnly = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
