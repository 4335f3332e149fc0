import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { newId } from "#kit";
import { openDatabase } from "#platform/db";
import { startWorker } from "#platform/jobs";
import { createLogger } from "#platform/telemetry";

// A worker process for tests that kill it. Task `note` writes a row at its start and at its end.
const [databaseUrl = "", name = "", delay = "0"] = process.argv.slice(2);
const { system } = openDatabase({ url: databaseUrl, poolSize: 4 });

const worker = await startWorker({
  id: newId(),
  databaseUrl,
  concurrency: 4,
  log: createLogger({ logLevel: "error" }),
  tasks: {
    note: async (payload) => {
      await sql`insert into notes values (${payload["id"]}, ${name}, 'start')`.execute(system);
      await pause(Number(delay));
      await sql`insert into notes values (${payload["id"]}, ${name}, 'end')`.execute(system);
    },
  },
  sweeps: [],
});
process.once("SIGTERM", () => {
  void worker.stop().then(() => process.exit(0));
});
process.stdout.write("running\n");
