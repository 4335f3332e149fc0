import { DatabaseError as ServerError } from "pg";
import { GalleyError } from "#kit";

/** Errors of the database layer itself: `db.unreachable`, `db.version`, `db.roles`, `db.migration_changed`, ... */
export class DatabaseError extends GalleyError {}

/** The SQLSTATE of an error that PostgreSQL sent, such as `23505`; null for any other error. */
export function sqlState(error: unknown): string | null {
  return error instanceof ServerError ? (error.code ?? null) : null;
}

/** True when `error` is the violation of the named unique constraint or index; of any, without a name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof ServerError) || error.code !== "23505") return false;
  return constraint === undefined || error.constraint === constraint;
}

const socketFailures = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);
const lostConnection =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/**
 * True when the database could not be reached or went away: the caller may try again later.
 * SQLSTATE class 08 is a connection failure; 57P01..57P03 are a server that stops or starts; 53300 is
 * too many connections; 25006 is a server that only reads, as one that is or was a standby; 25P03 is a transaction
 * that the server ended because it stood still (PostgreSQL manual, appendix A).
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlState(error);
  if (state !== null) return /^(08...|57P0[123]|53300|25006|25P03)$/.test(state);
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  if ("code" in error && typeof error.code === "string" && socketFailures.has(error.code)) return true;
  return lostConnection.test(error.message);
}
