import { runMigrations } from "graphile-worker";
import { quietLogger } from "./queue-logger.ts";

/** Installs or upgrades the queue's own tables (schema `graphile_worker`); run it after `migrate`. */
export async function migrateJobs(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, maxPoolSize: 2, logger: quietLogger });
}
