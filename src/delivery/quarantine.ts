import { recordInstallationEvent } from "#platform/audit";
import { clearQuarantineOrder, quarantineOrder } from "#platform/config";
import type { Database } from "#platform/db";
import type { SignedIn } from "#platform/wire";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DeliveryError } from "./errors.ts";
import * as store from "./quarantine.store.ts";
import type { DeliveryLog } from "./tools.ts";

/** In the data folder: how far the database had come when this was written, and for whom it is. */
const markerFile = "installation.json";
const markerSchema = z.object({ epoch: z.string(), beat: z.number() });
type QuarantineView = {
  active: boolean;
  /** ISO text, as `unknownSince`; null where it is not active. */
  since: string | null;
  unknownSince: string | null;
  reason: string | null;
} & store.Progress;

export type Quarantine = {
  /** Compares the database with the data folder and counts both up. Before a worker starts, and then often. */
  beat(): Promise<void>;
  /** What this process last wrote: a database that is behind it must not be claimed from. */
  known(): number;
  isActive(): Promise<boolean>;
  view(): Promise<QuarantineView>;
  /** `admin`: an admin of the installation; the route's access has made sure of that, here as for `release`. */
  enter(admin: SignedIn, since: Date): Promise<QuarantineView>;
  /** Throws `delivery.quarantine_unfinished` while something was not looked up. */
  release(admin: SignedIn): Promise<QuarantineView>;
};

async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** `directory` null: only the explicit commands, no comparison with a folder. */
export function createQuarantine(options: {
  database: Database;
  directory: string | null;
  log: DeliveryLog;
}): Quarantine {
  const { database, directory, log } = options;
  const db = database.system;
  let known = 0;

  async function beat(): Promise<void> {
    // Read before the database: the folder's number was committed before it was written.
    const marker = directory === null ? null : await readJson(join(directory, markerFile), markerSchema);
    const order = directory === null ? null : await quarantineOrder(directory);
    const written = await db.transaction().execute(async (transaction) => {
      const row = await store.readInstallation(transaction, true);
      const furthest = Math.max(known, marker?.epoch === row.epoch ? marker.beat : 0);
      const foreign =
        marker !== null && marker.epoch !== row.epoch && (await store.hasDeliveries(transaction));
      if (order !== null) {
        await quarantine(transaction, "An administrator said that it was restored.", order);
      } else if (row.beat < furthest) {
        await quarantine(
          transaction,
          "The database is older than its data folder: it was restored.",
          row.beatAt,
        );
      } else if (foreign) {
        await quarantine(transaction, "The database is another than the data folder's.", row.beatAt);
      }
      const next = Math.max(row.beat, furthest) + 1;
      await store.writeBeat(transaction, next);
      return { epoch: row.epoch, beat: next };
    });
    known = written.beat;
    if (directory === null) return;
    await writeJson(join(directory, markerFile), written);
    if (order !== null) await clearQuarantineOrder(directory);
  }

  async function quarantine(transaction: typeof db, reason: string, since: Date): Promise<void> {
    log.error(
      { since },
      `quarantine: ${reason} Nothing is sent until an admin of the installation releases it.`,
    );
    await store.enterQuarantine(transaction, { reason, since });
  }

  async function view(): Promise<QuarantineView> {
    const { quarantinedAt, unknownSince, reason } = await store.readInstallation(db);
    if (quarantinedAt === null) {
      return { active: false, since: null, unknownSince: null, reason, unchecked: 0, reading: 0, asking: 0 };
    }
    return {
      active: true,
      since: quarantinedAt.toISOString(),
      unknownSince: unknownSince?.toISOString() ?? null,
      reason,
      ...(await store.quarantineProgress(db)),
    };
  }

  return {
    beat,
    known: () => known,
    isActive: async () => (await store.readInstallation(db)).quarantinedAt !== null,
    view,
    enter: async ({ userId, name }, since) => {
      await db.transaction().execute(async (transaction) => {
        await store.readInstallation(transaction, true);
        await store.enterQuarantine(transaction, {
          reason: `${name} said that it was restored.`,
          since,
        });
        await recordInstallationEvent(transaction, {
          actor: { kind: "person", userId },
          action: "delivery.quarantined",
          details: { since: since.toISOString() },
        });
      });
      return view();
    },
    release: async ({ userId }) => {
      await db.transaction().execute(async (transaction) => {
        const { quarantinedAt } = await store.readInstallation(transaction, true);
        if (quarantinedAt === null) return;
        const { unchecked, reading } = await store.quarantineProgress(transaction);
        if (unchecked + reading > 0) throw unfinished(unchecked + reading);
        await store.leaveQuarantine(transaction);
        await recordInstallationEvent(transaction, {
          actor: { kind: "person", userId },
          action: "delivery.released",
        });
      });
      return view();
    },
  };
}

function unfinished(count: number): DeliveryError {
  return new DeliveryError({
    code: "delivery.quarantine_unfinished",
    kind: "conflict",
    message: `${count} ${count === 1 ? "post is" : "posts are"} still being looked up on the platforms. A worker must run for that; wait until none is left, then release.`,
    retryable: true,
  });
}
