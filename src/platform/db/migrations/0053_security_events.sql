-- What was refused because somebody may not do it, in the words of the OWASP logging vocabulary. It names people and
-- workspaces without references: a line stays when whom it names has gone. Append-only, and kept for 90 days.
create table security_events (
  id uuid primary key,
  event text not null check (event ~ '^[a-z_]{1,60}$'),
  workspace_id uuid,
  user_id uuid,
  address text,
  request_id text,
  details jsonb not null default '{}',
  -- How often the same happened in the second that the line stands for.
  times integer not null default 1 check (times > 0),
  created_at timestamptz not null default clock_timestamp()
);
create index security_events_workspace on security_events (workspace_id, id);
create index security_events_age on security_events (created_at);
revoke all on security_events from galley_app;
revoke update, truncate on security_events from galley_system;

create function keep_security_events() returns trigger
  language plpgsql
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if old.created_at > clock_timestamp() - interval '90 days' then
    raise exception 'security events are kept for 90 days' using errcode = 'GI002';
  end if;
  return old;
end
$$;
create trigger keep_security_events before delete on security_events
  for each row execute function keep_security_events();
