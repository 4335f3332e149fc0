import type { DatabaseConnection, Dialect, Driver } from "kysely";
import {
  CompiledQuery,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import type { Pool } from "pg";

/** Begins each transaction with the workspace set, in one message: no round trip more than a bare `begin`. */
class WorkspaceDriver extends PostgresDriver {
  readonly #begin: CompiledQuery;

  constructor(pool: Pool, workspaceId: string) {
    super({ pool });
    // The caller checked that it is a UUID; `set` takes no parameters.
    this.#begin = CompiledQuery.raw(`begin; set local galley.workspace = '${workspaceId}'`);
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.#begin);
  }
}

/** A dialect over a shared pool, for the transactions of one workspace. It is never destroyed: the pool is not its own. */
export function workspaceDialect(pool: Pool, workspaceId: string): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: (): Driver => new WorkspaceDriver(pool, workspaceId),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}
