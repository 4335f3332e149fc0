-- When a person must connect again, however often the token is renewed; null where that is not so.
alter table channels add column ends_at timestamptz;

-- What a dance needs beside its verifier: what `before.register` made, sealed; the channel that is connected
-- again; and what the platform was asked for without which a channel still works.
alter table oauth_states
  add column registration bytea,
  add column channel_id uuid,
  add column optional_scopes text[] not null default '{}';

-- A consent that opened several accounts, until the person has picked: nothing is connected yet. Bound to
-- session and workspace, sealed, for half an hour.
create table pending_connections (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  connector text not null,
  session_id uuid not null references sessions on delete cascade,
  opened bytea not null,
  channel_id uuid,
  expires_at timestamptz not null,
  primary key (workspace_id, id)
);
create index pending_connections_expiry on pending_connections (expires_at);
call protect_tenant('pending_connections');
