import { Pool, types } from "pg";

/** The two roles of the schema; neither owns a table, so row-level security binds both. */
type DatabaseRole = "galley_app" | "galley_system";

const int8Oid = 20;
const dateOid = 1082;

function parseInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`the database holds ${text}, which a JavaScript number cannot`);
}

export type ColumnParser = (text: string) => unknown;

const readType: (oid: number, format: "text") => ColumnParser = types.getTypeParser;

/** How a column of a type is read: int8 (and so `count(*)`) as a number, a date as text, the rest as `pg` does it. */
export function parserOf(oid: number): ColumnParser {
  if (oid === int8Oid) return parseInt8;
  // A date is a day on the wall; `pg` would make it a midnight of this machine.
  if (oid === dateOid) return (text) => text;
  return readType(oid, "text");
}

export type PoolOptions = {
  url: string;
  role: DatabaseRole | null;
  size: number;
  /** Where errors of idle connections go: the server stopped, say. The pool replaces such a connection. */
  onError?: (error: Error) => void;
};

/** A process that stands still in the middle of a transaction must not hold its locks against all others. */
function sessionOf(role: DatabaseRole): string {
  return `set role ${role}; set idle_in_transaction_session_timeout = '15s'`;
}

/** Makes a pool whose connections act as `role`; null: as the role of the URL itself. */
export function createPool({ url, role, size, onError }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 10_000,
    application_name: "galley",
    // `pg-pool` waits for what this returns, though its types say nothing of it.
    // oxlint-disable-next-line typescript/no-misused-promises
    onConnect: (client) => (role === null ? undefined : client.query(sessionOf(role))),
  });
  // Connections report for themselves: one that breaks while it is lent out would otherwise end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", (error) => {
      // While the pool closes, the server may be faster.
      if (!pool.ending) onError?.(error);
    });
  });
  return pool;
}
