-- The data keys under which a workspace's secrets are sealed, each wrapped by the key of the installation.
-- The newest version seals; older ones still open what they sealed.
create table workspace_keys (
  workspace_id uuid not null references workspaces on delete cascade,
  version integer not null check (version > 0),
  wrapped bytea not null,
  -- Names the wrapping key without giving it away, so that a wrong one has a clear error.
  wrapped_by text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, version)
);
call protect_tenant('workspace_keys');
-- Requests of people never need the keys themselves.
revoke all on workspace_keys from galley_app;

create table channels (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  connector text not null,
  account_id text not null,
  handle text not null,
  display_name text not null,
  avatar_url text,
  profile_url text,
  status text not null default 'connected' check (status in ('connected', 'needs_reconnect', 'disconnected')),
  status_reason text,
  paused_at timestamptz,
  -- Envelope-encrypted JSON, bound to table, column, row and workspace; null once disconnected.
  credentials bytea,
  -- When these credentials were stored: with expires_at it tells their lifetime.
  credentials_at timestamptz,
  scopes text[] not null default '{}',
  expires_at timestamptz,
  -- The intent of a refresh, durable before the single-use token leaves; cleared with its outcome.
  refresh_id uuid,
  refresh_until timestamptz,
  check ((refresh_id is null) = (refresh_until is null)),
  checked_at timestamptz,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, connector, account_id)
);
call protect_tenant('channels');

-- One row per OAuth dance: single use, ten minutes, bound to session and connector.
create table oauth_states (
  workspace_id uuid not null references workspaces on delete cascade,
  state_hash text not null,
  connector text not null,
  session_id uuid not null references sessions on delete cascade,
  code_verifier bytea not null,
  redirect_uri text not null,
  scopes text[] not null,
  -- Where the dashboard goes afterwards.
  return_to text,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, state_hash)
);
create unique index oauth_states_hash on oauth_states (state_hash);
call protect_tenant('oauth_states');
