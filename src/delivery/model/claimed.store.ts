import { sql } from "kysely";

/** Of `delivery_windows w`: what was seen, halved for each week in which nothing was seen to come so late. */
export const learnedMs = sql<number>`floor(w.visible_after_ms
  * power(0.5, greatest(0, extract(epoch from clock_timestamp() - w.seen_at) / 604800)))::float8`;

/** Of `deliveries d`. */
export const claimedColumns = sql`
  d.workspace_id as "workspaceId", d.id, d.post_id as "postId", d.channel_id as "channelId", d.connector,
  d.content, d.content_hash as "contentHash", d.approval_binding as binding, d.approval_hash as "bindingHash",
  d.target_hash as "targetHash",
  d.due_at as "dueAt", d.fence, d.plan, d.item_hashes as "itemHashes", d.tries, d.error_code as "errorCode",
  extract(epoch from d.late_after - clock_timestamp())::float8 * 1000 as "lateInMs",
  clock_timestamp() as "claimedAt", cardinality(d.watched_by) as "watchers",
  coalesce((
    select ${learnedMs} from delivery_windows w
    where w.workspace_id = d.workspace_id and w.channel_id = d.channel_id), 0) as "learnedMs",
  -- The first intent stores the plan: without one nothing was tried.
  case when d.plan is null then '[]' else coalesce((
    select jsonb_agg(jsonb_build_object('id', a.id, 'item', a.item, 'number', a.number, 'state', a.state,
      'externalId', a.external_id, 'externalUrl', a.external_url, 'externalData', a.external_data,
      'intentAt', a.intent_at + least(a.clock_step_ms, 0) * interval '1 millisecond',
      'setForwardMs', greatest(a.clock_step_ms, 0),
      'isTimeUnsure', a.clock_step_ms <> 0 or a.after_loss, 'afterLoss', a.after_loss,
      'windowMs', a.window_ms, 'firstWindowMs', a.first_window_ms, 'looks', a.looks,
      'lookedAt', a.looked_at, 'errorCode', a.error_code, 'doubt', a.doubt,
      'refused', a.refused, 'deferred', a.deferred) order by a.item, a.number)
    from delivery_attempts a where a.delivery_id = d.id), '[]') end as attempts`;
