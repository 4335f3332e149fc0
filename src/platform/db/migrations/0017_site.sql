-- What a workspace publishes on Galley's own pages.
create table sites (
  workspace_id uuid primary key references workspaces on delete cascade,
  -- The first part of its public addresses, one namespace for all workspaces.
  slug text not null unique check (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  title text not null check (title <> ''),
  description text not null default '',
  -- Off: every public address answers as if there were nothing.
  public boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
call protect_tenant('sites');

create table site_entries (
  workspace_id uuid not null references sites (workspace_id) on delete cascade,
  id uuid not null,
  -- The delivery item's key: repeating a commit finds the entry that the first one made.
  key text not null,
  slug text not null check (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$'),
  title text not null,
  -- Markdown.
  body text not null,
  link text,
  canonical_url text,
  tags text[] not null default '{}',
  -- [{sha256, mimeType, width, height, altText}]
  media jsonb not null default '[]',
  published_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, key),
  unique (workspace_id, slug)
);
call protect_tenant('site_entries');
