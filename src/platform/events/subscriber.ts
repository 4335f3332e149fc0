import type { Kysely } from "kysely";
import type { z } from "zod";
import type { Schema } from "#platform/db";
import type { EventData, EventKind } from "./declare.ts";

/** An event as it is handed to subscribers. */
export type StoredEvent = {
  id: string;
  /** Of the installation's own events: `installationStream`. */
  workspaceId: string;
  /** From 1, without holes, in each workspace. */
  sequence: number;
  kind: string;
  actor: { kind: string; userId: string | null };
  target: { kind: string; id: string } | null;
  data: EventData;
  requestId: string | null;
  at: Date;
};

/** An event of one of these kinds, with what its schema says. */
export type EventOf<Kind extends EventKind> = Kind extends EventKind
  ? Omit<StoredEvent, "kind" | "data"> & { kind: Kind["kind"]; data: z.output<Kind["data"]> }
  : never;

/**
 * `workspace`: an event that cannot be handled keeps those behind it waiting, in its workspace. `none`: it is put aside
 * and tried again by itself.
 */
type Order = "workspace" | "none";

type Common = {
  /** Stored: it never changes. */
  name: string;
  order: Order;
  /** Where one that is new begins: with what is kept, or with what happens from now on. */
  begins: "start" | "end";
  /** Events that are handled in one transaction, at most. */
  batch?: number;
};

/** As the dispatcher sees a subscriber. Make it with `subscriber` or `auditedSubscriber`. */
export type Subscriber = Required<Common> & {
  /** Null: all that is audited. */
  kinds: readonly string[] | null;
  /**
   * Handles events of one workspace, oldest first, in the transaction that remembers that they were handled: what it
   * writes by `db` stands exactly once. What goes outside, and what needs several transactions, is a job that it
   * enqueues. An error undoes all of it, and the events come again.
   */
  handle: (db: Kysely<Schema>, events: readonly StoredEvent[]) => Promise<void>;
};

const usualBatch = 100;

/** A subscriber to these kinds. Events whose data do not fit their schema are an error, as any other of handling. */
export function subscriber<const Kind extends EventKind>({
  to,
  handle,
  ...options
}: Common & {
  to: readonly Kind[];
  handle: (db: Kysely<Schema>, events: readonly EventOf<Kind>[]) => Promise<void>;
}): Subscriber {
  const schemas = new Map<string, EventKind["data"]>(to.map(({ kind, data }) => [kind, data]));
  return {
    batch: usualBatch,
    ...options,
    kinds: [...schemas.keys()],
    handle: (db, events) => {
      const parsed = events.map((event) => ({ ...event, data: schemas.get(event.kind)?.parse(event.data) }));
      // Only kinds of `to` are read, and the schema of each was asked.
      return handle(db, parsed as unknown as EventOf<Kind>[]);
    },
  };
}

/** A subscriber to all that is audited, of whatever kind: also of kinds that only a newer version knows. */
export function auditedSubscriber(options: Common & Pick<Subscriber, "handle">): Subscriber {
  return { batch: usualBatch, ...options, kinds: null };
}
