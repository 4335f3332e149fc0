-- The app that a workspace registered with a platform: client id, secret, ... sealed. A row stays while channels
-- are connected with it, because only the same app can renew their tokens; the current one has no retired_at.
create table platform_apps (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  connector text not null,
  -- A hash of the values that are no secret: tells one app from another, and the same app with a new secret.
  identity text not null,
  sealed_values bytea not null,
  -- When the secret ends, as the person noted it.
  secret_ends_at timestamptz,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index platform_apps_current on platform_apps (workspace_id, connector) where retired_at is null;
call protect_tenant('platform_apps');

-- The app that a channel was connected with. No app_id: the installation's, whose identity tells whether the
-- configuration still names the same one. Both null: the platform needs no app.
alter table channels
  add column app_id uuid,
  add column app_identity text,
  add foreign key (workspace_id, app_id) references platform_apps (workspace_id, id);
alter table oauth_states
  add column app_id uuid,
  add column app_identity text,
  add foreign key (workspace_id, app_id) references platform_apps (workspace_id, id) on delete cascade;
alter table pending_connections
  add column app_id uuid,
  add column app_identity text,
  add foreign key (workspace_id, app_id) references platform_apps (workspace_id, id) on delete cascade;

-- What ends and needs a person, told at 14, 7 and 1 days: each once, for each date on which it ends.
create table expiry_warnings (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  connector text not null,
  subject text not null check (subject in ('access', 'consent', 'secret', 'api_version')),
  -- Whose: the id of a channel or an app, or the name of a version.
  subject_key text not null,
  channel_id uuid,
  ends_at timestamptz not null,
  days integer not null check (days between 1 and 14),
  created_at timestamptz not null default now(),
  dismissed_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, subject, subject_key, ends_at, days),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);
call protect_tenant('expiry_warnings');
create index channels_ends on channels (ends_at) where status = 'connected' and ends_at is not null;
create index channels_expires on channels (expires_at) where status = 'connected' and expires_at is not null;
