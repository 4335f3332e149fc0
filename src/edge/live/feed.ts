import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#platform/db";
import { type AnnouncedEvent, eventsAfter, eventSpan } from "#platform/events";
import type { Announcements } from "#platform/live";
import type { Logger } from "#platform/telemetry";

/** Somebody who follows a workspace: gets its events in order, each once. */
type Follower = {
  /** Up to which sequence they have got everything. */
  position: number;
  send(events: readonly AnnouncedEvent[]): void;
};

export type Feed = {
  /**
   * Follows a workspace from behind `after` on; null: from now. `missed`: what lies in between is not kept any more, or
   * the database was taken back, so that the follower has to read everything anew.
   */
  join(
    workspaceId: string,
    after: number | null,
    send: Follower["send"],
  ): Promise<{ position: number; missed: boolean; leave: () => void }>;
  close(): void;
};

const readTogether = 200;
const againAfterMs = 2_000;

/** The events of workspaces for those who follow them, read once for all followers of a workspace. */
export function createFeed({
  database,
  announcements,
  log,
}: {
  database: Database;
  announcements: Announcements;
  log: Pick<Logger, "warn">;
}): Feed {
  const followers = new Map<string, Set<Follower>>();
  /** Workspaces that are being read; true: there was news meanwhile. */
  const reading = new Map<string, boolean>();
  const closing = new AbortController();
  let stopListening: (() => void) | null = null;

  /** Reads what is new in a workspace until there is nothing more; one reader at a time. */
  async function read(workspaceId: string): Promise<void> {
    if (reading.has(workspaceId)) return void reading.set(workspaceId, true);
    do {
      reading.set(workspaceId, false);
      try {
        while (await readOnce(workspaceId));
      } catch (error) {
        log.warn(
          { err: error, workspaceId },
          "what is new could not be read for open pages; it is tried again",
        );
        await pause(againAfterMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
        reading.set(workspaceId, !closing.signal.aborted);
      }
    } while (reading.get(workspaceId) === true && followers.has(workspaceId));
    reading.delete(workspaceId);
  }

  /** True where there may be more. */
  async function readOnce(workspaceId: string): Promise<boolean> {
    const waiting = followers.get(workspaceId);
    if (waiting === undefined) return false;
    const after = Math.min(...[...waiting].map(({ position }) => position));
    const events = await eventsAfter(database, workspaceId, { after, limit: readTogether });
    for (const follower of waiting) {
      const fresh = events.filter(({ sequence }) => sequence > follower.position);
      const last = fresh.at(-1);
      if (last === undefined) continue;
      follower.position = last.sequence;
      follower.send(fresh);
    }
    return events.length === readTogether;
  }

  function onNews(workspaceId: string | null): void {
    const changed = workspaceId === null ? [...followers.keys()] : [workspaceId];
    for (const id of changed) if (followers.has(id)) void read(id);
  }

  return {
    async join(workspaceId, after, send) {
      stopListening ??= announcements.onNews(onNews);
      const { oldest, newest } = await eventSpan(database, workspaceId);
      const missed = after !== null && (after > newest || after < oldest - 1);
      const position = after === null || missed ? newest : after;
      const follower: Follower = { position, send };
      const beside = followers.get(workspaceId) ?? new Set();
      followers.set(workspaceId, beside.add(follower));
      // Also what happened while its place was looked up.
      void read(workspaceId);
      return {
        position,
        missed,
        leave: () => {
          beside.delete(follower);
          if (beside.size === 0 && followers.get(workspaceId) === beside) followers.delete(workspaceId);
        },
      };
    },
    close() {
      closing.abort();
      stopListening?.();
      followers.clear();
    },
  };
}
