import type { Database } from "#platform/db";
import type { Logger } from "#platform/telemetry";

/** Called with a workspace in which something is new; with null where something may have been missed anywhere. */
export type NewsListener = (workspaceId: string | null) => void;

/** One way for announcements to travel. */
export type Carrier = {
  send(workspaceIds: readonly string[]): Promise<void>;
  /** `onNews` is told of every message, and null whenever a connection was made anew. */
  listen(onNews: NewsListener): Promise<{ stop: () => Promise<void> }>;
  close(): Promise<void>;
};

export type CarrierOptions = {
  database: Database;
  /** The database's own address, at which a session stays. */
  databaseUrl: string;
  log: Pick<Logger, "warn">;
};
