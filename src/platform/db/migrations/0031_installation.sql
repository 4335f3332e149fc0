-- Who decides about what concerns everybody on this installation: never a matter of roles in a workspace.
create table installation_admins (
  user_id uuid primary key references users on delete cascade,
  -- Null: named on the machine, or the person who set Galley up.
  added_by uuid references users on delete set null,
  created_at timestamptz not null default clock_timestamp()
);
revoke all on installation_admins from galley_app;
-- Until now nobody was named: it is the person who set this installation up.
insert into installation_admins (user_id) select id from users order by created_at, id limit 1;

-- The last one stays. Two who remove each other at once come one after the other, and the second is refused.
create function guard_last_installation_admin() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('galley.installation_admins', 0));
  if not exists (select from installation_admins) then
    raise exception 'an installation needs an admin' using errcode = 'GI001';
  end if;
  return null;
end
$$;
create trigger guard_last_installation_admin after delete on installation_admins
  for each statement execute function guard_last_installation_admin();

-- What was done to the installation, and to accounts: it belongs to no workspace. Append-only.
create table installation_events (
  id uuid primary key,
  actor_id uuid,
  -- `machine`: somebody who runs commands where Galley is installed.
  actor_kind text not null check (actor_kind in ('person', 'machine', 'system')),
  action text not null,
  target_kind text,
  target_id text,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default clock_timestamp(),
  check ((actor_kind = 'person') = (actor_id is not null))
);
revoke all on installation_events from galley_app;
revoke update, delete, truncate on installation_events from galley_system;
