-- What a look that proved nothing has shown, for the person who is asked: {reason, message, coversFrom, seen: [{url,
-- createdAt, likeness}]}.
alter table delivery_attempts add column doubt jsonb;

-- As before, with the doubt.
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
    (select jsonb_agg(jsonb_build_object('task', 'desk.delivery_settled', 'payload', payload))
      from (
        select jsonb_build_object('workspaceId', m.workspace_id, 'postIds', jsonb_agg(m.post_id)) as payload
        from moved m where m.settled group by m.workspace_id) by_workspace)
  into held_ids, announcements;
  if announcements is not null then
    perform enqueue_jobs(announcements);
  end if;
  return query select unnest(held_ids);
end
$$;

-- A list may show a post only after the window, when its absence was believed and it went out again. So each such item
-- is looked for twice more: see docs/decisions/0126. `number` is of the attempt that was taken for absent.
create table delivery_later_looks (
  workspace_id uuid not null,
  delivery_id uuid not null,
  item integer not null,
  number integer not null,
  turn integer not null check (turn between 1 and 2),
  due_at timestamptz not null,
  -- Also the fence: whoever claims it counts it up, and writes only where it still stands.
  tries integer not null default 0,
  lease_until timestamptz,
  -- When the last list was asked for that showed no second copy.
  looked_at timestamptz,
  done_at timestamptz,
  -- What came of it: nothing else is there, the list does not reach back so far, a second copy is there, its tries are
  -- used up, or nothing can be read.
  outcome text check (outcome in ('none', 'uncovered', 'found', 'given_up', 'unsupported')),
  primary key (delivery_id, item, number, turn),
  foreign key (delivery_id, item, number) references delivery_attempts on delete cascade,
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  check ((done_at is null) = (outcome is null))
);
create index delivery_later_looks_due on delivery_later_looks (due_at) where done_at is null;
call protect_tenant('delivery_later_looks');
revoke all on delivery_later_looks from galley_app;

-- In the transaction of the intent that sends it again: none is forgotten, and what never went out again has none.
create function plan_later_looks() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
begin
  insert into delivery_later_looks (workspace_id, delivery_id, item, number, turn, due_at)
  select a.workspace_id, a.delivery_id, a.item, a.number, t.turn, clock_timestamp() + t.later
  from delivery_attempts a
  cross join lateral (values
    (1, 4.0 * a.window_ms * interval '1 millisecond'), (2, interval '1 day')) as t (turn, later)
  where a.delivery_id = new.delivery_id and a.item = new.item and a.number < new.number
    and a.state = 'absent_proven' and a.settled_by = 'located'
  on conflict do nothing;
  return null;
end
$$;
create trigger plan_later_looks after insert on delivery_attempts
  for each row when (new.number > 1) execute function plan_later_looks();

-- A post that equals an item and that nobody owns, seen by a later look: the item may be out twice. A person says when
-- that is settled.
create table delivery_second_copies (
  workspace_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  item integer not null,
  channel_id uuid not null,
  external_id text not null,
  external_url text,
  -- When the platform says that it was created.
  external_created_at timestamptz not null,
  found_at timestamptz not null default clock_timestamp(),
  acknowledged_at timestamptz,
  acknowledged_by uuid references users on delete set null,
  primary key (workspace_id, id),
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  check (acknowledged_by is null or acknowledged_at is not null)
);
-- Told once. The same index tells reading back that it belongs to an item already.
create unique index delivery_second_copies_external on delivery_second_copies (channel_id, external_id);
create index delivery_second_copies_of on delivery_second_copies (delivery_id);
create index delivery_second_copies_open on delivery_second_copies (workspace_id, delivery_id)
  where acknowledged_at is null;
call protect_tenant('delivery_second_copies');

-- A second copy is told to each person once, however many a delivery has.
alter table notifications
  add column copy_id uuid,
  add foreign key (workspace_id, copy_id) references delivery_second_copies (workspace_id, id) on delete cascade,
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in
    ('needs_human', 'needs_reconnect', 'missed', 'rejected', 'partly', 'expiry', 'second_copy')),
  add check ((kind = 'second_copy') = (copy_id is not null));
drop index notifications_delivery;
create unique index notifications_delivery on notifications (delivery_id, kind, user_id)
  where delivery_id is not null and copy_id is null;
create unique index notifications_copy on notifications (copy_id, user_id) where copy_id is not null;
