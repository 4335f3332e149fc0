import { sql } from "kysely";

/** The expression of the index `deliveries_due`: null for what is not scheduled, and for what may be out already: that is looked for first. */
export const dueSince = sql`(case when d.state = 'scheduled' and d.look_since is null then d.wake_at end)`;

/**
 * The time of a statement, read once. A bare `clock_timestamp()` may change from row to row, so that no index ends at
 * it: a claim would read all that waits for tomorrow to find that nothing is due.
 */
export const thisMoment = sql`(select clock_timestamp())`;

/** By the index `deliveries_due`. */
export const isDue = sql`${dueSince} <= ${thisMoment}`;

/** Nobody has said "not now": neither the channel, nor its workspace, nor the platform to this account. */
export const maySend = sql`(select c.status = 'connected' and c.paused_at is null and w.paused_at is null
    and not exists (select from delivery_holds h
      where h.connector = c.connector and h.account_id = c.account_id and h.until > clock_timestamp())
  from channels c join workspaces w on w.id = c.workspace_id
  where c.workspace_id = d.workspace_id and c.id = d.channel_id)`;

/** Neither in quarantine nor older than this process knows it to be. Uncorrelated: judged once per statement. */
export function isCurrent(lastEpoch = 0) {
  return sql`(select i.quarantined_at is null and i.beat >= ${lastEpoch} from installation i)`;
}
