create table usage_events (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  user_id uuid references users on delete set null,
  run_id uuid,
  operation text not null,
  provider text not null,
  model text not null,
  -- Null: the provider did not say, as after a lost answer.
  input_tokens bigint,
  output_tokens bigint,
  -- Null: the price of this model is not known. Never 0 for unknown.
  cost_amount numeric(20, 10),
  cost_currency text,
  duration_ms integer not null,
  outcome text not null check (outcome in ('ok', 'failed')),
  error_code text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index usage_events_time on usage_events (workspace_id, created_at desc);
create index usage_events_run on usage_events (workspace_id, run_id) where run_id is not null;
call protect_tenant('usage_events');
