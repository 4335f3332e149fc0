-- The invariants of delivery, where no code can pass them by. The tables are in 0006_delivery.sql.

-- The same table as in src/delivery/state.ts; a test compares the two.
create function delivery_may_move(old_state text, new_state text) returns boolean
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
    ('rejected', 'scheduled'), ('rejected', 'cancelled'),
    ('missed', 'scheduled'), ('missed', 'cancelled'),
    ('needs_reconnect', 'scheduled'), ('needs_reconnect', 'missed'), ('needs_reconnect', 'cancelled'));

create function attempt_may_move(old_state text, new_state text) returns boolean
  language sql immutable parallel safe
  return old_state = new_state or (old_state, new_state) in (
    ('open', 'confirmed'), ('open', 'not_sent'), ('open', 'rejected'), ('open', 'unauthorized'), ('open', 'ambiguous'),
    ('ambiguous', 'confirmed'), ('ambiguous', 'absent_proven'));

create function guard_new_delivery() returns trigger
  language plpgsql
as $$
begin
  if new.state <> 'scheduled' or new.fence <> 0 or new.plan is not null then
    raise exception 'a delivery begins as scheduled' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_new_delivery before insert on deliveries for each row execute function guard_new_delivery();

-- Invariant 4: what was approved and what was prepared stay as they are.
create function keep_frozen() returns trigger
  language plpgsql
as $$
begin
  raise exception 'what a delivery sends is frozen' using errcode = 'check_violation';
end
$$;
create trigger keep_content
  before update of post_id, channel_id, connector, content, content_hash, approval_id, approved_by,
    approval_binding, approval_hash on deliveries
  for each row when (
    (old.post_id, old.channel_id, old.connector, old.content, old.content_hash, old.approval_id, old.approved_by,
     old.approval_binding, old.approval_hash)
    is distinct from
    (new.post_id, new.channel_id, new.connector, new.content, new.content_hash, new.approval_id, new.approved_by,
     new.approval_binding, new.approval_hash))
  execute function keep_frozen();
create trigger keep_plan before update of plan, item_hashes, item_count, due_at on deliveries
  for each row when (
    old.plan is not null
    and (old.plan, old.item_hashes, old.item_count, old.due_at)
      is distinct from (new.plan, new.item_hashes, new.item_count, new.due_at))
  execute function keep_frozen();

create function guard_delivery() returns trigger
  language plpgsql
as $$
begin
  if not delivery_may_move(old.state, new.state) then
    raise exception 'a delivery cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  -- Invariant 6: every change of owner moves the fence, so that the former owner's writes find no row.
  if new.fence < old.fence then
    raise exception 'a fence never goes back' using errcode = 'check_violation';
  end if;
  if new.state <> old.state and new.fence = old.fence
    and (new.state in ('claimed', 'reconciling') or old.state not in ('claimed', 'in_flight', 'reconciling')
      and new.state <> 'missed' and new.state <> 'needs_reconnect') then
    raise exception 'a new owner needs a new fence' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_delivery before update of state, fence on deliveries
  for each row execute function guard_delivery();

-- What concerns several rows is checked once for all rows of a statement: the same certainty for a fraction of the
-- price. The planner is kept to indexes, because it knows nothing of tables that were filled a moment ago.

-- Invariants 3 and 9: nothing is free to be sent, or finished, while an item of it may be visible unknown.
create function guard_deliveries() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
declare
  bad record;
begin
  select n.state, a.unsettled into bad
    from written n
    cross join lateral (
      select count(*) filter (where state <> 'confirmed') as unsettled,
        count(*) filter (where state = 'confirmed') as confirmed
      from delivery_attempts where delivery_id = n.id and state in ('open', 'ambiguous', 'confirmed')) a
    where n.state not in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
      and (a.unsettled > 0 or n.state = 'confirmed' and a.confirmed is distinct from n.item_count)
    limit 1;
  if bad.unsettled > 0 then
    raise exception 'an attempt of this delivery is not settled' using errcode = 'check_violation';
  elsif bad.state is not null then
    raise exception 'not every item is confirmed' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_deliveries after update on deliveries
  referencing new table as written for each statement execute function guard_deliveries();

-- Invariants 1, 4, 6 and 9, and that the approval stands: the last gate before a byte may leave.
create function guard_intents() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
declare
  bad record;
begin
  if current_setting('fsync') <> 'on' or current_setting('synchronous_commit') = 'off' then
    raise exception 'this database may forget a commit (fsync or synchronous_commit is off)' using errcode = 'GD001';
  end if;
  -- Lateral, so that each row is looked up and no table is read whole.
  select c.reason into bad
    from written n
    left join deliveries d on d.workspace_id = n.workspace_id and d.id = n.delivery_id
    left join lateral (
      select true as stands from approvals
      where workspace_id = d.workspace_id and id = d.approval_id and post_id = d.post_id
        and decision = 'approved' and voided_at is null and bound_hash = d.approval_hash
      limit 1) p on true
    cross join lateral (
      select count(*) as confirmed from delivery_attempts
      where n.item > 0 and delivery_id = n.delivery_id and item < n.item and state = 'confirmed') e
    cross join lateral (
      select case
        when n.state <> 'open' then 'GD000 an attempt begins as open'
        when d.state is null or d.state not in ('claimed', 'in_flight') or d.fence <> n.fence
          or d.lease_until <= n.deadline_at
          then 'GD002 an intent needs the current fence and a lease beyond its deadline'
        when d.item_hashes[n.item + 1] is distinct from n.payload_hash or d.channel_id <> n.channel_id
          then 'GD003 an intent must be what the stored plan says'
        when e.confirmed <> n.item then 'GD004 items go out in order'
        when p.stands is null then 'GD005 the approval does not stand'
      end as reason) c
    where c.reason is not null
    limit 1;
  if bad.reason is not null then
    raise exception '%', substr(bad.reason, 7) using errcode = substr(bad.reason, 1, 5);
  end if;
  return null;
end
$$;
create trigger guard_intents after insert on delivery_attempts
  referencing new table as written for each statement execute function guard_intents();

create function guard_attempt() returns trigger
  language plpgsql
as $$
begin
  if (old.delivery_id, old.item, old.number, old.kind, old.channel_id, old.fence, old.payload_hash, old.intent_at, old.deadline_at)
    is distinct from
    (new.delivery_id, new.item, new.number, new.kind, new.channel_id, new.fence, new.payload_hash, new.intent_at, new.deadline_at)
    or new.window_ms < old.window_ms then
    raise exception 'an intent is a record' using errcode = 'check_violation';
  end if;
  if not attempt_may_move(old.state, new.state) then
    raise exception 'an attempt cannot go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  -- Invariant 5: confirmed is final.
  if old.state = 'confirmed' and old.external_id is distinct from new.external_id then
    raise exception 'a confirmed attempt is final' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_attempt before update on delivery_attempts for each row execute function guard_attempt();

-- Invariant 6: only the owner of the moment writes.
create function guard_attempts() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
begin
  perform from written n join deliveries d on d.workspace_id = n.workspace_id and d.id = n.delivery_id
    where n.settled_fence is distinct from d.fence limit 1;
  if found then
    raise exception 'the fence has moved' using errcode = 'GD002';
  end if;
  return null;
end
$$;
create trigger guard_attempts after update on delivery_attempts
  referencing new table as written for each statement execute function guard_attempts();

-- The two writes of the publishing path, for many deliveries at once. They are functions so that a session plans
-- them once, and always by index: on tables that have just been filled the planner would rather read them whole.

-- Intents: [{workspaceId, deliveryId, fence, id, item, number, kind, payloadHash, deadlineMs, windowMs, marginMs,
-- plan, itemHashes}]. Each is written at the fence it names, with a lease beyond its deadline and, the first time,
-- the plan. Returns the ids of the attempts that stand; a missing one has lost its fence.
create function write_intents(intents jsonb) returns setof uuid
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    with input as (
      select * from jsonb_to_recordset(intents) as i (
        "workspaceId" uuid, "deliveryId" uuid, fence bigint, id uuid, item integer, number integer, kind text,
        "payloadHash" text, "deadlineMs" integer, "windowMs" integer, "marginMs" integer, plan jsonb, "itemHashes" jsonb)),
    locked as materialized (
      select i.*
      from input i cross join lateral (
        select from deliveries
        where workspace_id = i."workspaceId" and id = i."deliveryId" and fence = i.fence
          and state in ('claimed', 'in_flight') and lease_until > clock_timestamp()
        for update) d),
    held as (
      update deliveries d
      set state = 'in_flight', updated_at = clock_timestamp(),
        lease_until = clock_timestamp() + (i."deadlineMs" + i."marginMs") * interval '1 millisecond',
        wake_at = clock_timestamp() + (i."deadlineMs" + i."marginMs") * interval '1 millisecond',
        plan = coalesce(d.plan, i.plan),
        item_hashes = coalesce(d.item_hashes, array(select jsonb_array_elements_text(i."itemHashes"))),
        item_count = coalesce(d.item_count, jsonb_array_length(i."itemHashes"))
      from locked i
      where d.workspace_id = i."workspaceId" and d.id = i."deliveryId"
      returning d.workspace_id, d.id as delivery_id, d.channel_id, i.fence, i.id, i.item, i.number, i.kind,
        i."payloadHash", i."deadlineMs", i."windowMs")
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, window_ms)
    select workspace_id, id, delivery_id, item, number, kind, channel_id, fence, "payloadHash",
      clock_timestamp(), clock_timestamp() + "deadlineMs" * interval '1 millisecond', "windowMs"
    from held
    returning delivery_attempts.id;
end
$$;

-- Outcomes: [{workspaceId, deliveryId, fence, attempt: {id, state, ...} | null, settled, and where the delivery moves, or
-- null where its owner goes on: state, waitMs, tries, errorCode, errorMessage, externalUrl}]. Each is written only where
-- its fence stands; posts of which something settled are announced to the desk in the same transaction. Returns the
-- deliveries that were held.
create function settle_deliveries(outcomes jsonb) returns setof uuid
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
      evidence = coalesce(o.evidence, a.evidence)
    from held, jsonb_to_record(held.attempt) as o (
      id uuid, state text, "externalId" text, "externalUrl" text, "externalData" jsonb, "externalCreatedAt" timestamptz,
      "settledBy" text, "settledByUser" uuid, "lookedAt" timestamptz, "coversFrom" timestamptz, looks integer,
      "windowMs" integer, "errorCode" text, "errorMessage" text, evidence text)
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
