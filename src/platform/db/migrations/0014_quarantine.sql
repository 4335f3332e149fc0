-- One row: which installation this database belongs to, and how far it has come. A worker counts `beat` up and keeps
-- the same number in its data folder, after the commit; a database that is behind its folder was restored.
create table installation (
  id boolean primary key default true check (id),
  epoch uuid not null default gen_random_uuid(),
  beat bigint not null default 0,
  beat_at timestamptz not null default clock_timestamp(),
  -- While set nothing is sent, in no workspace.
  quarantined_at timestamptz,
  quarantine_reason text,
  -- What was sent after this moment is unknown here: about when the backup was made.
  unknown_since timestamptz,
  check ((quarantined_at is null) = (unknown_since is null) and (quarantined_at is null) = (quarantine_reason is null))
);
insert into installation default values;
revoke all on installation from galley_app;

-- The last gate in quarantine: no attempt from now on. What is looked for is recorded as of the unknown time.
create function guard_quarantine() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform from installation i where i.quarantined_at is not null
    and exists (select from written n where n.intent_at > i.unknown_since);
  if found then
    raise exception 'nothing is sent in quarantine' using errcode = 'GD006';
  end if;
  return null;
end
$$;
create trigger guard_quarantine after insert on delivery_attempts
  referencing new table as written for each statement execute function guard_quarantine();
