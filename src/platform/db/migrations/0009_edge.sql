-- The first answer to a creating request under its Idempotency-Key, kept for a day.
create table idempotency_keys (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id uuid not null references users on delete cascade,
  key text not null,
  route text not null,
  request_hash text not null,
  status integer,
  response jsonb,
  locked_until timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);
call protect_tenant('idempotency_keys');

-- Who did what. Append-only: neither role may change or remove a row.
create table audit_events (
  workspace_id uuid not null,
  id uuid not null,
  actor_id uuid,
  actor_kind text not null check (actor_kind in ('person', 'agent', 'system')),
  action text not null,
  target_kind text,
  target_id text,
  details jsonb not null default '{}',
  request_id text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
call protect_tenant('audit_events');
revoke update, delete, truncate on audit_events from galley_app, galley_system;
