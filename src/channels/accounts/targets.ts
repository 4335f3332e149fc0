import type { Kysely } from "kysely";
import type { Schema } from "#platform/db";
import type { Open } from "../deps.ts";
import { connectedAfter } from "../model/channels.store.ts";

/**
 * Looks where every connected channel leads, first when a worker starts: the installation's settings may have changed,
 * and channels of before have no fingerprint yet. Opening a channel notes its target, which is all that is needed.
 */
export async function noteTargets(db: Kysely<Schema>, open: Open, signal: AbortSignal): Promise<void> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const page = await connectedAfter(db, after);
    for (const { workspaceId, id } of page) {
      if (signal.aborted) return;
      // What cannot be opened sends nothing either; whoever looks after its access says why.
      await open(workspaceId, id, signal, { whilePaused: true }).catch(() => undefined);
      after = id;
    }
    if (page.length === 0) return;
  }
}
