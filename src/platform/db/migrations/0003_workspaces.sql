create table workspaces (
  id uuid primary key,
  name text not null,
  time_zone text not null,
  -- Author and approver must be two people.
  separate_approver boolean not null default false,
  -- A delivery overdue by more than this becomes missed and asks.
  grace_seconds integer not null default 7200 check (grace_seconds between 60 and 604800),
  created_at timestamptz not null default now()
);
alter table workspaces enable row level security;
alter table workspaces force row level security;
create policy tenant on workspaces to galley_app using (id = current_workspace()) with check (id = current_workspace());
create policy system on workspaces to galley_system using (true) with check (true);

create table members (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'editor', 'approver', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index members_user on members (user_id);
call protect_tenant('members');

create table invitations (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('admin', 'editor', 'approver', 'viewer')),
  token_hash text not null unique,
  invited_by uuid references users on delete set null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
call protect_tenant('invitations');
