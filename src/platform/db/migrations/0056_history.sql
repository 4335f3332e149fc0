-- What this database's server says of its own history, and what may have been sent in one that was lost. See
-- docs/decisions/0129.

-- How far the write-ahead log has come, in bytes; null where the service does not say, as some that others run.
create function wal_position() returns bigint
  language plpgsql
as $$
begin
  return pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint;
exception when insufficient_privilege or undefined_function or feature_not_supported or object_not_in_prerequisite_state then
  return null;
end
$$;

-- Which cluster this is, and on which timeline it writes: a promoted standby and a restored server begin a new one.
-- The name of a log file begins with the timeline; the control file would tell it only after the next checkpoint.
create function server_history(out server text, out timeline text)
  language plpgsql
as $$
begin
  server := (select system_identifier::text from pg_control_system());
  timeline := left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
exception when insufficient_privilege or undefined_function or feature_not_supported or object_not_in_prerequisite_state then
  server := null;
  timeline := null;
end
$$;

alter table installation
  -- The server and timeline of the last beat; null where they were never told.
  add column server text,
  add column timeline text,
  -- It may be a copy: it is released only by who says that the other one is switched off.
  add column may_run_twice boolean not null default false,
  -- The time of which this database knows nothing, after the quarantine too.
  add column lost_since timestamptz,
  add column lost_until timestamptz,
  add check ((lost_since is null) = (lost_until is null)),
  add check (not may_run_twice or quarantined_at is not null);

-- It may have been sent since this moment, in a history that was lost: it is looked for before it is sent.
alter table deliveries add column look_since timestamptz;
create index deliveries_to_look_for on deliveries (wake_at) where look_since is not null and state = 'scheduled';

-- What may go out, and was there (or was due) in the time that was lost, may be out.
create function mark_lost_delivery() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  select case when new.due_at < i.lost_until then i.lost_since
      when p.created_at < i.lost_until then greatest(i.lost_since, p.created_at) end
  into new.look_since
  from installation i
  left join posts p on p.workspace_id = new.workspace_id and p.id = new.post_id
  where i.lost_since is not null;
  return new;
end
$$;
create trigger mark_lost_delivery before insert on deliveries for each row execute function mark_lost_delivery();

-- The item that would go out next is not out: no more needs to be looked for, since later ones follow it.
create function unmark_lost_delivery() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  update deliveries set look_since = null
  where workspace_id = new.workspace_id and id = new.delivery_id and look_since is not null;
  return null;
end
$$;
create trigger unmark_lost_delivery after update of state on delivery_attempts
  for each row when (new.state = 'absent_proven' and old.state <> 'absent_proven')
  execute function unmark_lost_delivery();

-- The last gate: nothing is sent in quarantine, before it was looked for, or by a server with another history.
create or replace function guard_quarantine() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  known installation;
begin
  select * into known from installation;
  perform from written n
    left join deliveries d on d.workspace_id = n.workspace_id and d.id = n.delivery_id
    where known.quarantined_at is not null and n.intent_at > known.unknown_since or n.intent_at > d.look_since;
  if found then
    raise exception 'nothing is sent in quarantine' using errcode = 'GD006';
  end if;
  perform from server_history() h
    where h.server is not null and known.server is not null
      and (h.server, h.timeline) is distinct from (known.server, known.timeline);
  if found then
    raise exception 'this database has another history' using errcode = 'GD008';
  end if;
  return null;
end
$$;

-- As before, and compared with how far the caller has seen this database come: one that is behind has forgotten.
-- Returns the ids of the attempts that stand, each with the position of the log after it.
drop function write_intents(jsonb);
create function write_intents(intents jsonb, seen bigint) returns table (attempt uuid, reached bigint)
  language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  written uuid[];
begin
  if seen > wal_position() then
    raise exception 'this database has forgotten what it had written' using errcode = 'GD008';
  end if;
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
      i."payloadHash", i."deadlineMs", i."windowMs"),
  added as (
    insert into delivery_attempts (workspace_id, id, delivery_id, item, number, kind, channel_id, fence, payload_hash,
      intent_at, deadline_at, window_ms)
    select workspace_id, id, delivery_id, item, number, kind, channel_id, fence, "payloadHash",
      clock_timestamp(), clock_timestamp() + "deadlineMs" * interval '1 millisecond', "windowMs"
    from held
    returning delivery_attempts.id)
  select array_agg(id) into written from added;
  return query select unnest(written), wal_position();
end
$$;
