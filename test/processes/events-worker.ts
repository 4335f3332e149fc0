import { type Kysely, sql } from "kysely";
import { z } from "zod";
import { newId } from "#kit";
import { auditSubscriber } from "#platform/audit";
import { createPool, openDatabase, type Schema } from "#platform/db";
import { createEvents, event, type StoredEvent, subscriber } from "#platform/events";
import { createJobs, startWorker } from "#platform/jobs";
import { createAnnouncements } from "#platform/live";
import { createLogger } from "#platform/telemetry";

// A worker process for tests that kill it: two subscribers that write a row for each event, and the audit log. What is
// marked as bad each of them refuses twice. Both wait for a query of another connection, as subscribers that read do.
const [databaseUrl = ""] = process.argv.slice(2);
const database = openDatabase({ url: databaseUrl, poolSize: 4 });
const memory = createPool({ url: databaseUrl, role: null, size: 1 });
const log = createLogger({ logLevel: "silent" });
const letterSent = event("letter.sent", { target: null, data: z.object({ bad: z.boolean() }) });

type Letter = Pick<StoredEvent, "workspaceId" | "sequence"> & { data: { bad: boolean } };

async function write(db: Kysely<Schema>, name: string, letters: readonly Letter[]): Promise<void> {
  for (const { workspaceId, sequence, data } of letters) {
    if (data.bad) {
      const { rows } = await memory.query<{ times: number }>(
        `insert into refusals values ($1, $2, $3, 1)
         on conflict (subscriber, workspace_id, sequence) do update set times = refusals.times + 1 returning times`,
        [name, workspaceId, sequence],
      );
      if ((rows[0]?.times ?? 0) <= 2) throw new Error("refused on purpose");
    }
    await sql`insert into effects (subscriber, workspace_id, sequence)
      values (${name}, ${workspaceId}, ${sequence})`.execute(db);
  }
}

const subscribers = [
  auditSubscriber,
  subscriber({
    name: "ordered",
    to: [letterSent],
    order: "workspace",
    begins: "start",
    handle: (db, letters) => write(db, "ordered", letters),
  }),
  subscriber({
    name: "loose",
    to: [letterSent],
    order: "none",
    begins: "start",
    handle: (db, letters) => write(db, "loose", letters),
  }),
];
const announcements = createAnnouncements({ database, databaseUrl, redisUrl: null, log });
const events = createEvents({
  database,
  jobs: createJobs(),
  subscribers,
  log,
  keepMs: 86_400_000,
  announce: (workspaceIds) => announcements.announce(workspaceIds),
});
await startWorker({
  id: newId(),
  databaseUrl,
  concurrency: 2,
  pollMs: 50,
  log,
  tasks: events.tasks,
  sweeps: events.sweeps,
});
