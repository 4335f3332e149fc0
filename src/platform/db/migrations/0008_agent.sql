create table runs (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- What was asked: {source, channelIds, ...}.
  input jsonb not null,
  drafter text,
  -- What was read: [{kind, url, title, excerpt, sha256}].
  sources jsonb not null default '[]',
  post_id uuid,
  error_code text,
  error_message text,
  created_by uuid references users on delete set null,
  lease_until timestamptz,
  fence bigint not null default 0,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (workspace_id, id)
);
create index runs_newest on runs (workspace_id, id desc);
create index runs_open on runs (lease_until) where state in ('queued', 'running');
call protect_tenant('runs');

create table run_steps (
  workspace_id uuid not null,
  run_id uuid not null,
  number integer not null,
  name text not null check (name in ('read', 'understand', 'draft', 'propose')),
  -- What a person reads beside the progress: "Draft for @daily on Bluesky".
  label text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  -- What a later step needs, so that a run goes on after a crash without repeating this one.
  output jsonb,
  -- What the person should know although the step is done, as a model that failed and was replaced.
  notice text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (workspace_id, run_id, number),
  foreign key (workspace_id, run_id) references runs (workspace_id, id) on delete cascade
);
call protect_tenant('run_steps');
