import type { Kysely } from "kysely";
import type { Clock } from "#kit";
import type { Schema } from "#platform/db";
import * as store from "./tries.store.ts";

/** Wrong passwords in a row before a place pauses. NIST SP 800-63B-4 section 3.2.2 allows up to 100. */
const most = 10;
const pauseMs = 15 * 60 * 1000;
const keptMs = 24 * 60 * 60 * 1000;

/** Everywhere that is no device of the account. */
export const elsewhere = "elsewhere";

export type Tries = ReturnType<typeof createTries>;

/**
 * Wrong passwords of an account, counted for each place apart: what strangers try keeps them out, and
 * neither the owner's own browsers nor open sessions. In the database, so that no other part can be away.
 */
export function createTries({ clock }: { clock: Clock }) {
  return {
    /** Counts a try before it is made; false where this place pauses. */
    begin(db: Kysely<Schema>, place: store.Place): Promise<boolean> {
      const now = clock.now();
      return store.beginTry(db, place, { now, tries: most, lockUntil: new Date(now.getTime() + pauseMs) });
    },
    forget: (db: Kysely<Schema>, place: store.Place) => store.forgetTries(db, place),
    removeOld: (db: Kysely<Schema>) => store.deleteOldTries(db, new Date(clock.now().getTime() - keptMs)),
  };
}
