-- An answer can be partial: of several recipients a mail server takes some, refuses others and puts others off. And a
-- channel that is not set up can be skipped. See docs/decisions/0098 and 0099.
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check check (state in
  ('scheduled', 'claimed', 'in_flight', 'confirmed', 'rejected', 'needs_reconnect',
   'ambiguous', 'reconciling', 'needs_human', 'missed', 'cancelled', 'partly', 'skipped'));
alter table delivery_attempts drop constraint delivery_attempts_state_check;
alter table delivery_attempts add constraint delivery_attempts_state_check check (state in
  ('open', 'confirmed', 'partly', 'not_sent', 'rejected', 'unauthorized', 'ambiguous', 'absent_proven'));
-- [{address, code, message}]: who was refused for good, and who was put off. What was put off is the next attempt's,
-- and nobody else's.
alter table delivery_attempts
  add column refused jsonb not null default '[]',
  add column deferred jsonb not null default '[]',
  add check ((state = 'partly') = (jsonb_array_length(deferred) > 0));

-- The same tables as in src/delivery/state.ts; a test compares them.
create or replace function delivery_may_move(old_state text, new_state text) returns boolean
  language sql immutable parallel safe
  return old_state = new_state or (old_state, new_state) in (
    ('scheduled', 'claimed'), ('scheduled', 'missed'), ('scheduled', 'needs_reconnect'), ('scheduled', 'cancelled'),
    ('claimed', 'in_flight'), ('claimed', 'scheduled'), ('claimed', 'rejected'), ('claimed', 'needs_reconnect'),
    ('claimed', 'missed'), ('claimed', 'cancelled'),
    ('in_flight', 'confirmed'), ('in_flight', 'scheduled'), ('in_flight', 'rejected'),
    ('in_flight', 'needs_reconnect'), ('in_flight', 'missed'), ('in_flight', 'ambiguous'),
    ('ambiguous', 'reconciling'), ('ambiguous', 'confirmed'), ('ambiguous', 'scheduled'),
    ('reconciling', 'ambiguous'), ('reconciling', 'confirmed'), ('reconciling', 'scheduled'),
    ('reconciling', 'missed'), ('reconciling', 'needs_human'),
    ('needs_human', 'ambiguous'), ('needs_human', 'confirmed'), ('needs_human', 'scheduled'), ('needs_human', 'missed'),
    ('rejected', 'scheduled'), ('rejected', 'cancelled'), ('rejected', 'partly'),
    ('missed', 'scheduled'), ('missed', 'cancelled'), ('missed', 'partly'),
    ('needs_reconnect', 'scheduled'), ('needs_reconnect', 'missed'), ('needs_reconnect', 'cancelled'),
    ('needs_reconnect', 'partly'),
    ('in_flight', 'partly'), ('ambiguous', 'partly'), ('reconciling', 'partly'), ('needs_human', 'partly'),
    ('skipped', 'scheduled'), ('skipped', 'cancelled'));

create or replace function attempt_may_move(old_state text, new_state text) returns boolean
  language sql immutable parallel safe
  return old_state = new_state or (old_state, new_state) in (
    ('open', 'confirmed'), ('open', 'partly'), ('open', 'not_sent'), ('open', 'rejected'), ('open', 'unauthorized'),
    ('open', 'ambiguous'), ('ambiguous', 'confirmed'), ('ambiguous', 'absent_proven'));

create or replace function guard_new_delivery() returns trigger
  language plpgsql
as $$
begin
  if new.state not in ('scheduled', 'skipped') or new.fence <> 0 or new.plan is not null then
    raise exception 'a delivery begins as scheduled' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

-- What an attempt says of its recipients is final, as its state is.
create function guard_recipients() returns trigger
  language plpgsql
as $$
begin
  raise exception 'who was refused or put off is a record' using errcode = 'check_violation';
end
$$;
create trigger guard_recipients before update of refused, deferred on delivery_attempts
  for each row when (old.state <> 'open' and (old.refused, old.deferred) is distinct from (new.refused, new.deferred))
  execute function guard_recipients();

-- Invariants 3 and 9, as before. 'partly': something is live, and not all of it. Nothing of what is live is given up as
-- if it had never been.
create or replace function guard_deliveries() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
declare
  bad record;
begin
  select n.state, a.unsettled into bad
    from written n
    cross join lateral (
      select count(*) filter (where state in ('open', 'ambiguous')) as unsettled,
        count(*) filter (where state = 'confirmed') as confirmed,
        count(*) filter (where state = 'partly') as parts,
        count(*) filter (where refused <> '[]') as refusals
      from delivery_attempts where delivery_id = n.id and state in ('open', 'ambiguous', 'confirmed', 'partly')) a
    where n.state not in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
      and (a.unsettled > 0
        or n.state = 'confirmed' and (a.confirmed is distinct from n.item_count or a.refusals > 0)
        or n.state = 'partly' and (a.confirmed + a.parts = 0 or a.confirmed >= n.item_count and a.refusals = 0)
        or n.state in ('cancelled', 'skipped') and a.confirmed + a.parts > 0)
    limit 1;
  if bad.unsettled > 0 then
    raise exception 'an attempt of this delivery is not settled' using errcode = 'check_violation';
  elsif bad.state = 'partly' then
    raise exception 'not a part of it is live' using errcode = 'check_violation';
  elsif bad.state in ('cancelled', 'skipped') then
    raise exception 'a part of it is live' using errcode = 'check_violation';
  elsif bad.state is not null then
    raise exception 'not every item is confirmed' using errcode = 'check_violation';
  end if;
  return null;
end
$$;

-- As before, with recipients.
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
      deferred = coalesce(o.deferred, a.deferred)
    from held, jsonb_to_record(held.attempt) as o (
      id uuid, state text, "externalId" text, "externalUrl" text, "externalData" jsonb, "externalCreatedAt" timestamptz,
      "settledBy" text, "settledByUser" uuid, "lookedAt" timestamptz, "coversFrom" timestamptz, looks integer,
      "windowMs" integer, "errorCode" text, "errorMessage" text, evidence text, refused jsonb, deferred jsonb)
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

-- Whoever was refused is told of.
alter table notifications drop constraint notifications_kind_check;
alter table notifications add constraint notifications_kind_check check (kind in
  ('needs_human', 'needs_reconnect', 'missed', 'rejected', 'partly', 'expiry'));
