-- One approved variant on its way to one channel. The content is a frozen copy: delivery never reads the desk.
create table deliveries (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  post_id uuid not null,
  channel_id uuid not null,
  connector text not null,
  -- {variant: VariantContent, media: MediaInfo[]}
  content jsonb not null,
  content_hash text not null,
  approval_id uuid not null,
  approved_by uuid not null,
  -- What the approval bound, {at, variants: [{channelId, hash}]}; one of the hashes is content_hash.
  approval_binding jsonb not null,
  approval_hash text not null,
  due_at timestamptz not null,
  grace_seconds integer not null,
  -- Beyond this moment the delivery is missed and asks; a person who says "send it now" moves it.
  late_after timestamptz not null,
  state text not null default 'scheduled' check (state in
    ('scheduled', 'claimed', 'in_flight', 'confirmed', 'rejected', 'needs_reconnect',
     'ambiguous', 'reconciling', 'needs_human', 'missed', 'cancelled')),
  -- When this row next needs attention: the due time, the end of a back-off or a lease, the next look.
  wake_at timestamptz not null,
  -- Grows with every change of owner. Each write names the fence it holds; an old one writes nothing.
  fence bigint not null default 0,
  lease_until timestamptz,
  -- What `prepare` returned; committed with the first intent and never changed after it.
  plan jsonb,
  item_hashes text[],
  item_count integer,
  -- Tries in a row that reached nothing; they set the back-off.
  tries integer not null default 0,
  error_code text,
  error_message text,
  external_url text,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete restrict,
  check ((plan is null) = (item_hashes is null) and (plan is null) = (item_count is null)),
  check (item_count is null or (item_count > 0 and item_count = cardinality(item_hashes))),
  check (state not in ('claimed', 'in_flight', 'reconciling') or lease_until is not null)
);
-- Indexes other than the primary key begin with the narrowest column, not with the workspace: while a table is new,
-- the planner cannot tell one index that begins with the workspace from another, and a session keeps its choice.

-- One approval sends a post to a channel once, whatever becomes of it; only a cancelled delivery can be
-- asked for again. The same index finds the deliveries of a post.
create unique index deliveries_once on deliveries
  (post_id, channel_id, approval_id, (case when state = 'cancelled' then id end)) nulls not distinct;
-- An expression, and not (wake_at) where state = 'scheduled': on a table that was filled a moment ago the planner
-- takes a condition on the state for rare, and would sort all that is due for each claim.
create index deliveries_due on deliveries ((case when state = 'scheduled' then wake_at end), id)
  where (case when state = 'scheduled' then wake_at end) is not null;
create index deliveries_tended on deliveries (wake_at)
  where state in ('claimed', 'in_flight', 'ambiguous', 'reconciling');
create index deliveries_attention on deliveries (workspace_id, id)
  where state in ('needs_human', 'needs_reconnect', 'missed', 'rejected');
call protect_tenant('deliveries');

-- One try to make one item visible. The row is the intent: it stands, durably, before a byte leaves.
create table delivery_attempts (
  workspace_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  item integer not null check (item >= 0),
  number integer not null check (number > 0),
  kind text not null check (kind in ('post', 'reply', 'comment')),
  channel_id uuid not null,
  fence bigint not null,
  payload_hash text not null,
  -- t_send: the first byte left at or after this moment, by the database's clock.
  intent_at timestamptz not null default clock_timestamp(),
  deadline_at timestamptz not null,
  -- How long after intent_at absence from a listing begins to prove something.
  window_ms integer not null check (window_ms > 0),
  state text not null default 'open' check (state in
    ('open', 'confirmed', 'not_sent', 'rejected', 'unauthorized', 'ambiguous', 'absent_proven')),
  external_id text,
  external_url text,
  external_data jsonb,
  -- When the platform says that it was created; known where the item was read back.
  external_created_at timestamptz,
  -- How it was settled: the platform's answer, reading it back, or a person.
  settled_by text check (settled_by in ('answer', 'located', 'person')),
  settled_by_user uuid references users on delete set null,
  -- The fence of whoever settled it, checked against the delivery's.
  settled_fence bigint,
  settled_at timestamptz,
  -- Reading back: how often, when the last listing was asked for, and how far back it was complete.
  looks integer not null default 0,
  looked_at timestamptz,
  covers_from timestamptz,
  error_code text,
  error_message text,
  evidence text,
  primary key (delivery_id, item, number),
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  check (deadline_at > intent_at),
  check (state in ('open', 'ambiguous') or (settled_by is not null and settled_at is not null)),
  check (state <> 'confirmed' or external_id is not null or settled_by = 'person'),
  -- Invariant 3: absence is proven by a listing read after the window that reaches back to t_send, or by a person.
  constraint absence_is_proven check (
    state <> 'absent_proven' or settled_by = 'person'
    -- A check passes where it is null, so what is missing has to count as false.
    or coalesce(
      settled_by = 'located' and looked_at >= intent_at + window_ms * interval '1 millisecond' and covers_from <= intent_at,
      false)),
  -- Invariant 7: what was read back is not older than the attempt; ten minutes is the most that clocks may differ.
  constraint match_is_not_older check (
    state <> 'confirmed' or settled_by <> 'located'
    or coalesce(external_created_at >= intent_at - interval '10 minutes', false))
);
-- Invariant 2: at most one attempt per (delivery, item) that is or may be visible.
create unique index delivery_attempts_open on delivery_attempts (delivery_id, item)
  where state in ('open', 'ambiguous', 'confirmed');
-- Invariant 5: a platform's id belongs to one attempt of a channel.
create unique index delivery_attempts_external on delivery_attempts (channel_id, external_id)
  where external_id is not null;
call protect_tenant('delivery_attempts');

-- How long after t_send a channel's own posts were seen to stay invisible; it widens the window W.
create table delivery_windows (
  workspace_id uuid not null,
  channel_id uuid not null,
  visible_after_ms integer not null check (visible_after_ms >= 0),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, channel_id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);
call protect_tenant('delivery_windows');

