import type { SecurityNote } from "#kit";
import { newId } from "#kit";
import type { Database } from "#platform/db";
import type { Sweep } from "#platform/jobs";
import type { Logger } from "#platform/telemetry";
import { deleteOldRecords, insertRecords, type SecurityRow } from "./security-log.store.ts";

/** One refusal: what happened, in whose name, and from where. Never holds a secret or a text of a person. */
type SecurityRecord = SecurityNote & {
  workspaceId: string | null;
  /** The client's network address. */
  address: string | null;
  requestId: string | null;
};

export type SecurityLog = {
  /** Says it in the log at once, counts it, and writes it to the table within a second. Never throws. */
  report(record: SecurityRecord): void;
  /** Writes what has been reported. */
  flush(): Promise<void>;
};

export type SecurityLogOptions = {
  database: Database;
  log: Pick<Logger, "warn" | "error">;
  /** Counts one event by its name. */
  count: (event: string) => void;
};

const flushMs = 1_000;
/** Of one second. Who sends more is in the log and in the metric; the table must not fill up for them. */
const mostRows = 500;

/** Where refusals are told: log, table and metric, each under the name that OWASP gave it. */
export function createSecurityLog({ database, log, count }: SecurityLogOptions): SecurityLog {
  let waiting = new Map<string, SecurityRow>();
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const rows = [...waiting.values()];
    waiting = new Map();
    if (rows.length === 0) return;
    try {
      await insertRecords(database.system, rows);
    } catch (error) {
      log.error({ err: error, rows: rows.length }, "security events stand in this log alone");
    }
  }

  return {
    flush,
    report({ event, details, userId = null, ...record }) {
      log.warn({ event, ...details, ...record, ...(userId === null ? {} : { userId }) }, "security");
      count(event);
      // The same again within a second is one row, so that a flood of one kind stays one line.
      const key = JSON.stringify([event, details, userId, record.workspaceId, record.address]);
      const known = waiting.get(key);
      if (known) known.times += 1;
      else if (waiting.size < mostRows) {
        waiting.set(key, { id: newId(), event, details, userId, ...record, times: 1 });
      }
      timer ??= setTimeout(() => void flush(), flushMs).unref();
    },
  };
}

/** For the worker: forgets what is older than 90 days. */
export function securityLogSweep({ database }: { database: Database }): Sweep {
  return {
    name: "security_log.old",
    everyMs: 6 * 60 * 60 * 1000,
    run: () => deleteOldRecords(database.system),
  };
}
