-- Who is to be told by mail that a person is needed: one row for each person and each thing, whatever mail it goes out in.
create table notifications (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  user_id uuid not null references users on delete cascade,
  -- The state that a delivery came to, or that something about a channel ends.
  kind text not null check (kind in ('needs_human', 'needs_reconnect', 'missed', 'rejected', 'expiry')),
  delivery_id uuid,
  warning_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  -- Until then one worker is sending it; a worker that died is waited for no longer.
  claimed_until timestamptz,
  mailed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  foreign key (workspace_id, warning_id) references expiry_warnings (workspace_id, id) on delete cascade,
  check ((kind = 'expiry') = (warning_id is not null)),
  check ((delivery_id is null) <> (warning_id is null))
);
-- A job may run twice: nobody is told of the same state of the same delivery again.
create unique index notifications_delivery on notifications (delivery_id, kind, user_id) where delivery_id is not null;
create unique index notifications_warning on notifications (warning_id, user_id) where warning_id is not null;
create index notifications_waiting on notifications (workspace_id, user_id) where mailed_at is null;
call protect_tenant('notifications');
