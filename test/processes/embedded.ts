import { startEmbeddedPostgres } from "#platform/db";

// Holds a built-in PostgreSQL for tests that kill it: prints its address, and stops it on SIGTERM.
const [dataDir = "", transport] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    ...(transport === "loopback" ? { transport } : {}),
    onEvent: (event) => process.stdout.write(`${event}\n`),
  });
  process.stdout.write(`${postgres.url}\n`);
  process.once("SIGTERM", () => {
    void postgres.stop().then(() => process.exit(0));
  });
} catch (error) {
  process.stdout.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
