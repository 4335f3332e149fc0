import { sql } from "kysely";
import { hasOpenCopy } from "#delivery";
import { selfAuthoredInReview, selfAuthoredSeries } from "#desk";
import type { Database } from "#platform/db";
import { compileOnly } from "#platform/db";

/** In the order in which they are shown: what may be live first, what has time last. */
export const needKinds = ["answer", "channel", "stopped", "approval"] as const;
export type NeedKind = (typeof needKinds)[number];

/** What waits: its id is of this. */
type NeedSubject = "delivery" | "channel" | "warning" | "post" | "series";

export type NeedRow = {
  kind: NeedKind;
  what: NeedSubject;
  id: string;
  postId: string | null;
  channelId: string | null;
  /** Of the post, else empty. */
  title: string;
  /** The state of the delivery, channel, post or series; of a warning what ends. */
  state: string;
  /** Why, in words for people; null where the state says it all. */
  reason: string | null;
  /** ISO text. */
  since: string;
  /** Of a channel: posts that wait for it. */
  held: number;
  connector: string | null;
  handle: string | null;
};

export type AttentionQuery = {
  workspaceId: string;
  /** Who looks: they approve nothing that they wrote themselves, where the workspace asks for two people. */
  viewerId: string;
  /** Without it, approvals wait for others. */
  mayApprove: boolean;
  /** Warnings that still hold. */
  warningIds: readonly string[];
  kinds: readonly NeedKind[];
  limit: number;
  /** The last of the page before. */
  after: { kind: NeedKind; id: string } | null;
};

export type Attention = { counts: Record<NeedKind, number>; items: NeedRow[] };

/**
 * What waits for a person in a workspace, counted over all and listed a page at a time: questions about what may be
 * live, channels that need a connection or will, what has stopped, and what is to be approved.
 */
export async function readAttention(database: Database, query: AttentionQuery): Promise<Attention> {
  const { workspaceId, kinds, limit, after } = query;
  const rank = sql`array_position(${needKinds}::text[], a.kind)`;
  const [found] = await database.read(
    workspaceId,
    sql<{ counts: Partial<Record<NeedKind, number>>; items: NeedRow[] }>`
    with ${asks(query)}
    select
      coalesce((select jsonb_object_agg(c.kind, c.count) from (
        select a.kind, count(*) as count from asks a group by a.kind) c), '{}') as counts,
      coalesce((select jsonb_agg(to_jsonb(page) - 'rank' order by page.rank, page.id desc) from (
        select a.kind, a.what, a.id, a.post_id as "postId", a.channel_id as "channelId", a.title, a.state, a.reason,
          a.since, a.held, c.connector, c.handle, ${rank} as rank
        from asks a left join channels c on c.workspace_id = ${workspaceId} and c.id = a.channel_id
        where a.kind = any(${kinds}::text[])
          and (${after?.kind ?? null}::text is null
            or ${rank} > array_position(${needKinds}::text[], ${after?.kind ?? null}::text)
            or a.kind = ${after?.kind ?? null}::text and a.id < ${after?.id ?? null}::uuid)
        order by rank, a.id desc limit ${limit}) page), '[]') as items`.compile(compileOnly),
  );
  const none = { answer: 0, channel: 0, stopped: 0, approval: 0 };
  return { counts: { ...none, ...found?.counts }, items: found?.items ?? [] };
}

/** Everything that waits, as the table `asks`. What a channel holds back stands with the channel, once. */
function asks({ workspaceId, viewerId, mayApprove, warningIds }: AttentionQuery) {
  const viewer = "(select viewer.id from viewer)";
  return sql`
    viewer as (select ${viewerId}::uuid as id),
    held as (
      select d.channel_id, count(*) as count from deliveries d
      where d.workspace_id = ${workspaceId} and d.state = 'needs_reconnect' group by d.channel_id),
    asks as (
      select case when d.state = 'needs_human' or ${hasOpenCopy} then 'answer' else 'stopped' end as kind,
        'delivery' as what, d.id, d.post_id, d.channel_id,
        coalesce(nullif(p.title, ''), nullif(p.excerpt, ''), '') as title, d.state, d.error_message as reason,
        d.updated_at as since, 0 as held
      from deliveries d
      join channels c on c.workspace_id = d.workspace_id and c.id = d.channel_id
      left join posts p on p.workspace_id = d.workspace_id and p.id = d.post_id
      where d.workspace_id = ${workspaceId}
        and (d.state in ('needs_human', 'missed', 'rejected')
          or d.state = 'needs_reconnect' and c.status = 'connected'
          or ${hasOpenCopy})
    union all
      -- One that was disconnected on purpose needs nobody until a post waits for it.
      select 'channel', 'channel', c.id, null, c.id, '', c.status, c.status_reason, c.updated_at,
        coalesce(held.count, 0)
      from channels c left join held on held.channel_id = c.id
      where c.workspace_id = ${workspaceId}
        and (c.status = 'needs_reconnect' or c.status = 'disconnected' and held.count > 0)
    union all
      select 'channel', 'warning', w.id, null, w.channel_id, '', w.subject, null, w.created_at, 0
      from expiry_warnings w
      where w.workspace_id = ${workspaceId} and w.id = any(${warningIds}::uuid[])
    union all
      select 'approval', 'post', p.id, p.id, null, coalesce(nullif(p.title, ''), p.excerpt, ''), p.status, null,
        p.updated_at, 0
      from posts p
      where p.workspace_id = ${workspaceId} and p.status = 'in_review' and p.deleted_at is null and p.kind = 'post'
        and ${mayApprove} and not (${sql.raw(selfAuthoredInReview(viewer))})
    union all
      select 'approval', 'series', s.id, s.template_id, null, coalesce(nullif(p.title, ''), p.excerpt, ''), s.state, null,
        s.updated_at, 0
      from series s join posts p on p.workspace_id = s.workspace_id and p.id = s.template_id
      where s.workspace_id = ${workspaceId} and s.state = 'active' and s.deleted_at is null and ${mayApprove}
        and not exists (select from series_approvals a where a.series_id = s.id and a.voided_at is null)
        and not (${sql.raw(selfAuthoredSeries(viewer))}))`;
}
