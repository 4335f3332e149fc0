export type { Database, DatabaseOptions } from "./database.ts";
export { openDatabase } from "./database.ts";
export { compileOnly } from "./compile-only.ts";
export { DatabaseError, isDatabaseUnavailable, isUniqueViolation, sqlState } from "./errors.ts";
export { migrate, migrationsHash } from "./migrate.ts";
export { createPool } from "./pool.ts";
export type { Schema } from "./schema.gen.ts";
export { schemaTypes } from "./schema-types.ts";
