-- What happened, written in the transaction that did it: see docs/decisions/0132 and src/platform/events. What concerns the
-- installation and no workspace has the nil UUID for its workspace, so that each row has a stream, and no role that serves
-- people sees it.
create table events (
  -- The order in which events were appended, in all workspaces together.
  position bigint generated always as identity primary key,
  id uuid not null,
  workspace_id uuid not null,
  -- Its place among the events of its workspace, from 1 and without holes; null until the dispatcher has given it.
  sequence bigint,
  kind text not null,
  -- Whether people find it in the audit log.
  audited boolean not null,
  actor_kind text not null check (actor_kind in ('person', 'agent', 'machine', 'system')),
  actor_id uuid,
  target_kind text,
  target_id text,
  data jsonb not null,
  request_id text,
  at timestamptz not null default clock_timestamp(),
  check ((actor_id is null) = (actor_kind in ('machine', 'system'))),
  check ((target_kind is null) = (target_id is null))
);
create unique index events_sequence on events (workspace_id, sequence) where sequence is not null;
create index events_unnumbered on events (workspace_id, position) where sequence is null;
create index events_age on events using brin (at);
call protect_tenant('events');
-- What happened does not change; its place is given once, and it goes when it is old.
revoke update, delete, truncate on events from galley_app, galley_system;
grant update (sequence), delete on events to galley_system;

-- How far each workspace is numbered, and up to where every subscriber has handled all. Whoever numbers locks the row;
-- who appends never does.
create table event_heads (
  workspace_id uuid primary key,
  sequence bigint not null default 0,
  settled_sequence bigint not null default 0
);
create index event_heads_unsettled on event_heads (workspace_id) where settled_sequence < sequence;
call protect_tenant('event_heads');
revoke insert, update, delete, truncate on event_heads from galley_app;

-- Who handles events, as the workers say when they start.
create table event_subscribers (
  name text primary key,
  -- What it is handed; null: all that is audited.
  kinds text[],
  -- What was appended before it was known, up to here, is not for it.
  since_position bigint not null,
  -- When a worker last said that it runs it.
  seen_at timestamptz not null default clock_timestamp()
);
revoke insert, update, delete, truncate on event_subscribers from galley_app;

-- How far a subscriber is in a workspace. It moves in the transaction of what the subscriber did.
create table event_cursors (
  subscriber text not null references event_subscribers on delete cascade,
  workspace_id uuid not null,
  handled_sequence bigint not null,
  -- Of the next event, where it failed and those behind it wait.
  tries integer not null default 0,
  next_at timestamptz,
  error text,
  primary key (workspace_id, subscriber)
);
create index event_cursors_failing on event_cursors (tries) where tries > 0;
call protect_tenant('event_cursors');
revoke insert, delete, truncate on event_cursors from galley_app;

-- What a subscriber without an order has put aside, to be tried again by itself.
create table event_failures (
  subscriber text not null references event_subscribers on delete cascade,
  workspace_id uuid not null,
  sequence bigint not null,
  tries integer not null default 1,
  next_at timestamptz not null,
  error text not null,
  primary key (workspace_id, subscriber, sequence)
);
create index event_failures_due on event_failures (next_at);
call protect_tenant('event_failures');
revoke insert, truncate on event_failures from galley_app;

-- Ids begin with the time, as those that Galley itself makes.
create function new_event_id() returns uuid
  language sql volatile parallel safe
  return (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid;

-- Writes what happened and wakes a worker, one job for each workspace. No key joins the jobs: transactions of one
-- workspace would wait for each other. The first job does the work of all, and the others find nothing.
create function append_events(happened jsonb) returns void
  language plpgsql
as $$
begin
  insert into events (id, workspace_id, kind, audited, actor_kind, actor_id, target_kind, target_id, data, request_id)
  select coalesce(e.id, new_event_id()), e."workspaceId", e.kind, coalesce(e.audited, false), coalesce(e."actorKind", 'system'),
    e."actorId", e."targetKind", e."targetId", coalesce(e.data, '{}'), e."requestId"
  from rows from (jsonb_to_recordset(happened) as (
    id uuid, "workspaceId" uuid, kind text, audited boolean, "actorKind" text, "actorId" uuid, "targetKind" text,
    "targetId" text, data jsonb, "requestId" text)) with ordinality as e (
    id, "workspaceId", kind, audited, "actorKind", "actorId", "targetKind", "targetId", data, "requestId", number)
  order by e.number;
  -- On the command line the queue may not be there yet; the worker's round finds what nobody announced.
  if to_regnamespace('graphile_worker') is not null then
    perform enqueue_jobs((
      select jsonb_agg(jsonb_build_object('task', 'events.dispatch', 'payload', jsonb_build_object('workspaceId', w.id)))
      from (select distinct e ->> 'workspaceId' as id from jsonb_array_elements(happened) as e) w));
  end if;
end
$$;

-- Numbers what has become visible in a workspace, and answers which of `mine` have something to handle by now: what is
-- new, or what they have put aside. Where nothing is new to any subscriber, the workspace is settled up to here.
create function due_subscribers(stream uuid, mine text[]) returns table (name text, has_new boolean, has_failed boolean)
  language plpgsql
as $$
declare
  head bigint;
  added bigint;
  pending text[];
begin
  -- Of several jobs of one workspace, most find that another has done their work.
  perform from event_heads h
    where h.workspace_id = stream and h.settled_sequence = h.sequence
      and not exists (select from events e where e.workspace_id = stream and e.sequence is null)
      and not exists (
        select from event_failures f where f.workspace_id = stream and f.next_at <= clock_timestamp());
  if found then
    return;
  end if;
  -- What a crash forgets of this is done again: nobody has handled by a number before it was kept, since what is committed
  -- later is kept later.
  perform set_config('synchronous_commit', 'off', true);
  -- Whoever is new waits for this, and makes anew what is settled; or is seen here.
  perform pg_advisory_xact_lock_shared(hashtextextended('galley.event_subscribers', 0));
  insert into event_heads (workspace_id) values (stream) on conflict do nothing;
  select h.sequence into head from event_heads h where h.workspace_id = stream for update;
  -- A statement of its own, after the lock was taken: what an earlier holder has numbered is seen.
  update events e set sequence = head + n.place
  from (
    select u.position, row_number() over (order by u.position) as place from events u
    where u.workspace_id = stream and u.sequence is null) n
  where e.position = n.position;
  get diagnostics added = row_count;
  if added > 0 then
    head := head + added;
    update event_heads set sequence = head where workspace_id = stream;
  end if;
  insert into event_cursors (subscriber, workspace_id, handled_sequence)
  select s.name, stream, coalesce(
    (select min(e.sequence) - 1 from events e
      where e.workspace_id = stream and e.sequence is not null and e.position > s.since_position), head)
  from event_subscribers s
  where not exists (select from event_cursors c where c.workspace_id = stream and c.subscriber = s.name)
  on conflict do nothing;

  select coalesce(array_agg(c.subscriber), '{}') into pending
  from event_cursors c
  join event_subscribers s on s.name = c.subscriber
  where c.workspace_id = stream and c.handled_sequence < head and exists (
    select from events e
    where e.workspace_id = stream and e.sequence > c.handled_sequence
      and case when s.kinds is null then e.audited else e.kind = any(s.kinds) end);
  if pending = '{}' then
    update event_heads set settled_sequence = head where workspace_id = stream and settled_sequence < head;
    -- Who had nothing to do stays behind, so that not each event writes a row for each; but not far, or the look above
    -- would read ever more.
    update event_cursors c set handled_sequence = head
    from (
      select subscriber from event_cursors
      where workspace_id = stream and handled_sequence < head - 200
      for update skip locked) far
    where c.workspace_id = stream and c.subscriber = far.subscriber and c.handled_sequence < head;
  end if;
  return query
    select d.subscriber, d.has_new, d.has_failed
    from (
      select c.subscriber,
        c.subscriber = any(pending) and (c.next_at is null or c.next_at <= clock_timestamp()) as has_new,
        exists (
          select from event_failures f
          where f.workspace_id = stream and f.subscriber = c.subscriber and f.next_at <= clock_timestamp()) as has_failed
      from event_cursors c
      where c.workspace_id = stream and c.subscriber = any(mine)) d
    where d.has_new or d.has_failed;
end
$$;
revoke execute on function due_subscribers(uuid, text[]) from public;
grant execute on function due_subscribers(uuid, text[]) to galley_system;

-- As before; what settled is an event now (src/delivery/events.ts).
create or replace function settle_deliveries(outcomes jsonb) returns setof uuid
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  held_ids uuid[];
  announcements jsonb;
begin
  with input as (
    select * from jsonb_to_recordset(outcomes) as i (
      "workspaceId" uuid, "deliveryId" uuid, fence bigint, attempt jsonb, settled boolean,
      state text, "waitMs" float8, tries integer, "errorCode" text, "errorMessage" text, "externalUrl" text)),
  held as materialized (
    select d.workspace_id, d.id, i.*
    from input i cross join lateral (
      select workspace_id, id from deliveries
      where workspace_id = i."workspaceId" and id = i."deliveryId" and fence = i.fence
      for update) d),
  settled as (
    update delivery_attempts a
    set state = o.state, settled_fence = held.fence,
      settled_at = case when o."settledBy" is null then a.settled_at else clock_timestamp() end,
      settled_by = coalesce(o."settledBy", a.settled_by),
      settled_by_user = coalesce(o."settledByUser", a.settled_by_user),
      external_id = coalesce(o."externalId", a.external_id),
      external_url = coalesce(o."externalUrl", a.external_url),
      external_data = coalesce(o."externalData", a.external_data),
      external_created_at = coalesce(o."externalCreatedAt", a.external_created_at),
      looked_at = coalesce(o."lookedAt", a.looked_at),
      covers_from = coalesce(o."coversFrom", a.covers_from),
      looks = coalesce(o.looks, a.looks),
      window_ms = greatest(o."windowMs", a.window_ms),
      error_code = coalesce(o."errorCode", a.error_code),
      error_message = coalesce(o."errorMessage", a.error_message),
      evidence = coalesce(o.evidence, a.evidence),
      refused = coalesce(o.refused, a.refused),
      deferred = coalesce(o.deferred, a.deferred),
      doubt = coalesce(o.doubt, a.doubt)
    from held, jsonb_to_record(held.attempt) as o (
      id uuid, state text, "externalId" text, "externalUrl" text, "externalData" jsonb, "externalCreatedAt" timestamptz,
      "settledBy" text, "settledByUser" uuid, "lookedAt" timestamptz, "coversFrom" timestamptz, looks integer,
      "windowMs" integer, "errorCode" text, "errorMessage" text, evidence text, refused jsonb, deferred jsonb,
      doubt jsonb)
    where a.delivery_id = held.id and a.id = o.id),
  moved as (
    update deliveries d
    set state = held.state, lease_until = null, updated_at = clock_timestamp(),
      wake_at = clock_timestamp() + held."waitMs" * interval '1 millisecond',
      tries = held.tries, error_code = held."errorCode", error_message = held."errorMessage",
      external_url = coalesce(held."externalUrl", d.external_url),
      finished_at = case when held.settled then clock_timestamp() end
    from held
    where held.state is not null and d.workspace_id = held.workspace_id and d.id = held.id
    returning d.workspace_id, d.post_id, held.settled)
  select array(select h.id from held h),
    (select jsonb_agg(jsonb_build_object('kind', 'delivery.settled', 'workspaceId', s.workspace_id,
        'data', jsonb_build_object('postIds', s.post_ids)))
      from (
        select m.workspace_id, jsonb_agg(m.post_id) as post_ids
        from moved m where m.settled group by m.workspace_id) s)
  into held_ids, announcements;
  if announcements is not null then
    perform append_events(announcements);
  end if;
  return query select unnest(held_ids);
end
$$;

-- As before, and an event as well (src/channels/events.ts).
create or replace function note_target_change() returns trigger
  language plpgsql
as $$
begin
  if new.target_hash is null then
    raise exception 'a channel does not forget its target' using errcode = 'check_violation';
  end if;
  if old.target_hash is not null then
    new.target_changed_at := clock_timestamp();
    perform append_events(jsonb_build_array(jsonb_build_object('kind', 'channel.target_changed',
      'workspaceId', new.workspace_id, 'targetKind', 'channel', 'targetId', new.id)));
  end if;
  return new;
end
$$;
