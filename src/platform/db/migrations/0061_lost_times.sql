-- Each time of which this database knows nothing, for itself: between two of them nothing was lost. Both roles may read
-- it, so that no trigger here needs the rights of the tables' owner, whom row-level security may bind.
create table lost_times (
  id bigint generated always as identity primary key,
  since timestamptz not null,
  until timestamptz not null,
  check (since <= until)
);
revoke insert, update, delete, truncate on lost_times from galley_app;
grant select on installation to galley_app;
insert into lost_times (since, until)
  select lost_since, lost_until from installation where lost_since is not null;

create or replace function mark_lost_delivery() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  select min(case when new.due_at < l.until then l.since
      when p.created_at < l.until then greatest(l.since, p.created_at) end)
  into new.look_since
  from lost_times l
  left join posts p on p.workspace_id = new.workspace_id and p.id = new.post_id;
  return new;
end
$$;
alter table installation drop column lost_since, drop column lost_until;

-- As before, with the rights of whoever writes.
alter function unmark_lost_delivery() security invoker;
create or replace function guard_quarantine() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
declare
  known installation;
begin
  select * into known from installation;
  -- Lateral, so that each row is looked up and no table is read whole.
  perform from written n
    left join lateral (
      select look_since from deliveries
      where workspace_id = n.workspace_id and id = n.delivery_id
      limit 1) d on true
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

-- As before; a window that is longer for a history that was lost puts off the first later look by hours at most.
create or replace function plan_later_looks() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
begin
  insert into delivery_later_looks (workspace_id, delivery_id, item, number, turn, due_at)
  select a.workspace_id, a.delivery_id, a.item, a.number, t.turn, clock_timestamp() + t.later
  from delivery_attempts a
  cross join lateral (values
    (1, least(4.0 * a.window_ms * interval '1 millisecond', interval '6 hours')), (2, interval '1 day'))
    as t (turn, later)
  where a.delivery_id = new.delivery_id and a.item = new.item and a.number < new.number
    and a.state = 'absent_proven' and a.settled_by = 'located'
  on conflict do nothing;
  return null;
end
$$;

-- As before, and which database it is: a copy under another name has the cluster and the timeline of its original.
create or replace function server_history(out server text, out timeline text)
  language plpgsql
as $$
begin
  server := (select system_identifier::text from pg_control_system())
    || '/' || (select oid from pg_database where datname = current_database());
  timeline := left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
exception when insufficient_privilege or undefined_function or feature_not_supported or object_not_in_prerequisite_state then
  server := null;
  timeline := null;
end
$$;
update installation i set server = h.server from server_history() h where h.server like i.server || '/%';

-- What may be out already is not due: in the indexes, since a filter beside them would make the planner sort what is due.
drop index deliveries_due;
create index deliveries_due on deliveries
  ((case when state = 'scheduled' and look_since is null then wake_at end), id)
  where (case when state = 'scheduled' and look_since is null then wake_at end) is not null;
drop index deliveries_due_by_connector;
create index deliveries_due_by_connector on deliveries
  (connector, (case when state = 'scheduled' and look_since is null then wake_at end))
  where (case when state = 'scheduled' and look_since is null then wake_at end) is not null;
