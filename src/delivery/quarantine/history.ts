import type { Marker, Place } from "./marker.ts";

/** The installation as its database tells it. */
export type Installation = {
  /** Made with the database, and the same in all its copies. */
  databaseId: string;
  /** Counts on with each comparison of database and data folder, every two seconds while Galley runs. */
  epoch: number;
  epochAt: Date;
  /** The server and the timeline of the last epoch; null where none told them. */
  server: string | null;
  timeline: string | null;
};

/** What the server says of itself now; all null where it does not tell. */
export type ServerHistory = { server: string | null; timeline: string | null; position: number | null };

export type HistoryFacts = {
  row: Installation;
  now: ServerHistory;
  /** Milliseconds since the last epoch began, by the database's clock. */
  silentMs: number;
  /** How far this process has seen the database come: epochs, and bytes of its log. */
  lastEpoch: number;
  seenPosition: number;
  marker: Marker | null;
  place: Place | null;
  /** There is something that could go out a second time. */
  hasDeliveries: boolean;
  /** Something was due since the last epoch began and is not sent. */
  hasDueSinceEpoch: boolean;
};

/** Why nothing may be sent; `mayRunTwice`: another Galley may be at work on the same posts. */
export type Alarm = { reason: string; mayRunTwice: boolean };

/** A copy that was made at night and put back in the morning is older than no evening; a weekend is longer. */
const longSilenceMs = 24 * 3_600_000;

/**
 * Whether this database may have forgotten what was sent, or this installation may be a copy of one that still runs.
 * Null: neither. Rules: docs/architecture.md, "A database that lost history".
 */
export function alarmOf(facts: HistoryFacts): Alarm | null {
  const lost = lostHistory(facts);
  const { marker, place, hasDeliveries } = facts;
  const moved = hasDeliveries && marker?.place && place ? moveOf(marker.place, place) : null;
  const reason = lost ?? moved;
  return reason === null ? null : { reason, mayRunTwice: moved !== null || isStrange(facts) };
}

/** A data folder that knows nothing of this database does not tell where the one is that does. */
function isStrange({ row, marker, place, hasDeliveries }: HistoryFacts): boolean {
  return hasDeliveries && place !== null && marker?.databaseId !== row.databaseId;
}

function lostHistory({ row, now, marker, ...facts }: HistoryFacts): string | null {
  if (row.epoch < furthestEpoch({ row, marker, lastEpoch: facts.lastEpoch })) {
    return "The database is older than its data folder: it was restored.";
  }
  if (now.server !== null && row.server !== null && now.server !== row.server) {
    return "The database is another one, or on another server than before: it was copied, restored or upgraded there.";
  }
  if (now.timeline !== null && row.timeline !== null && now.timeline !== row.timeline) {
    return "The database's server began a new timeline: a standby took over, or it was restored to a point in time.";
  }
  if (now.position !== null && now.position < facts.seenPosition) {
    return "The database has forgotten what Galley had seen it write.";
  }
  if (marker !== null && marker.databaseId !== row.databaseId && facts.hasDeliveries) {
    return "The database is another than the data folder's.";
  }
  if (facts.lastEpoch === 0 && facts.silentMs > longSilenceMs && facts.hasDueSinceEpoch) {
    return "Galley did not run for more than a day while posts were due: this may be an old copy.";
  }
  return null;
}

/** The highest number that this process or its data folder knows of this database. */
export function furthestEpoch({
  row,
  marker,
  lastEpoch,
}: Pick<HistoryFacts, "row" | "marker" | "lastEpoch">): number {
  return Math.max(lastEpoch, marker?.databaseId === row.databaseId ? marker.epoch : 0);
}

/** What differs between where it was and where it is, in words; null where nothing does. */
function moveOf(before: Place, now: Place): string | null {
  if (before.origin !== now.origin) return "The data folder is a copy: it was moved, restored or cloned.";
  if (before.machine !== null && now.machine !== null && before.machine !== now.machine) {
    return "The data folder is on another machine than before.";
  }
  // A first address of its own is no sign of a second Galley.
  if (before.address !== null && before.address !== now.address) {
    return `Galley was at ${before.address} and is at ${now.address ?? "this machine alone"} now.`;
  }
  return null;
}
