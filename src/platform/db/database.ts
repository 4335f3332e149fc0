import type { CompiledQuery } from "kysely";
import { Kysely, PostgresDialect } from "kysely";
import { isId } from "#kit";
import { DatabaseError } from "./errors.ts";
import { createPool } from "./pool.ts";
import type { Schema } from "./schema.gen.ts";
import { workspaceDialect } from "./workspace-dialect.ts";
import { WorkspaceQuery } from "./workspace-query.ts";

/**
 * The database as features see it. Columns are read so: timestamptz as `Date`, date as text, int8 as `number` (a
 * `RangeError` above 2^53), numeric as decimal text, jsonb parsed, bytea as `Buffer`. jsonb is written
 * as text: `JSON.stringify(value)`, because the driver would take an array for a PostgreSQL array.
 */
export type Database = {
  /** Sees all workspaces: for sign-in, the worker and maintenance. */
  system: Kysely<Schema>;
  /**
   * Runs `work` in one transaction that sees one workspace, and commits when it returns; an error rolls
   * back and goes on to the caller. `workspaceId` must be a UUID.
   */
  inWorkspace<T>(workspaceId: string, work: (transaction: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** One query that sees one workspace, in one round trip. For reads; make `query` with `compileOnly`. */
  read<Row>(workspaceId: string, query: CompiledQuery<Row>): Promise<Row[]>;
  /**
   * One query that sees all workspaces, kept prepared on its connection: for a constant statement that
   * every request runs, where planning would cost more than running it.
   */
  readPrepared<Row>(statement: PreparedStatement, values: unknown[]): Promise<Row[]>;
  /** Connections in use, idle and waited for, of each pool. */
  poolState(): Record<"app" | "system", { total: number; idle: number; waiting: number }>;
  /** Waits for queries that run and closes all connections. */
  close(): Promise<void>;
};

/** `name` is unique among the statements of the program; the same name always means the same text. */
export type PreparedStatement = { name: string; text: string };

export type DatabaseOptions = {
  url: string;
  /** Connections of each of the two pools. */
  poolSize?: number;
  onError?: (error: Error) => void;
};

function checkWorkspaceId(workspaceId: string): void {
  if (isId(workspaceId)) return;
  throw new DatabaseError({
    code: "db.workspace_id",
    kind: "internal",
    message: "A workspace is named by its UUID.",
  });
}

/** Opens the two pools; connections are made when first used, so this never fails for a stopped server. */
export function openDatabase({ url, poolSize = 8, onError }: DatabaseOptions): Database {
  const report = onError ? { onError } : {};
  const appPool = createPool({ url, role: "galley_app", size: poolSize, ...report });
  const systemPool = createPool({ url, role: "galley_system", size: poolSize, ...report });
  const system = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: systemPool }) });

  async function inWorkspace<T>(workspaceId: string, work: (transaction: Kysely<Schema>) => Promise<T>) {
    checkWorkspaceId(workspaceId);
    const db = new Kysely<Schema>({ dialect: workspaceDialect(appPool, workspaceId) });
    return db.transaction().execute(work);
  }

  async function read<Row>(workspaceId: string, query: CompiledQuery<Row>): Promise<Row[]> {
    checkWorkspaceId(workspaceId);
    const client = await appPool.connect();
    try {
      return await client.query(new WorkspaceQuery<Row>(workspaceId, query.sql, query.parameters)).rows;
    } finally {
      client.release();
    }
  }

  async function readPrepared<Row>({ name, text }: PreparedStatement, values: unknown[]): Promise<Row[]> {
    const { rows } = await systemPool.query({ name, text, values });
    return rows as Row[];
  }

  function stateOf(pool: typeof appPool) {
    return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
  }

  return {
    system,
    inWorkspace,
    read,
    readPrepared,
    poolState: () => ({ app: stateOf(appPool), system: stateOf(systemPool) }),
    close: async () => {
      await Promise.all([appPool.end(), systemPool.end()]);
    },
  };
}
