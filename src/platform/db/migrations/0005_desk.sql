create table media (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  sha256 text not null,
  mime_type text not null,
  bytes bigint not null,
  width integer not null,
  height integer not null,
  file_name text not null,
  alt_text text not null default '',
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
-- Bytes are stored once per workspace; several rows may share them.
create index media_bytes on media (workspace_id, sha256);
call protect_tenant('media');

create table posts (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  title text not null,
  status text not null default 'draft' check (status in
    ('draft', 'in_review', 'approved', 'scheduled', 'publishing', 'published', 'partly', 'failed', 'missed', 'cancelled')),
  -- The newest version; older ones stay in post_versions. What a list shows of it is repeated here,
  -- so that a page of a list never reads the variants themselves.
  version integer not null default 1,
  content_hash text not null,
  excerpt text not null default '',
  channel_ids uuid[] not null default '{}',
  -- A schedule keeps the wall time and zone that the person chose and the rule for a DST gap or overlap.
  scheduled_wall text,
  scheduled_zone text,
  scheduled_rule text check (scheduled_rule in ('compatible', 'earlier', 'later')),
  scheduled_at timestamptz,
  -- Where the material came from: [{kind, url, title, excerpt}].
  sources jsonb not null default '[]',
  created_by uuid references users on delete set null,
  -- 'agent' where the first version was proposed by the agent on behalf of "created_by".
  author_kind text not null default 'person' check (author_kind in ('person', 'agent')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Removed, and can be brought back; only drafts and cancelled posts get here.
  deleted_at timestamptz,
  primary key (workspace_id, id),
  check ((scheduled_at is null) = (scheduled_wall is null)),
  check (deleted_at is null or status in ('draft', 'cancelled'))
);
create index posts_newest on posts (workspace_id, id desc) where deleted_at is null;
create index posts_status on posts (workspace_id, status, id desc) where deleted_at is null;
create index posts_schedule on posts (workspace_id, scheduled_at, id) where scheduled_at is not null and deleted_at is null;
call protect_tenant('posts');

create table post_versions (
  workspace_id uuid not null,
  post_id uuid not null,
  number integer not null,
  title text not null,
  -- [{channelId, content: VariantContent}]; see connectors/contract.ts.
  variants jsonb not null,
  -- SHA-256 over channels, content and the hashes of the media; the title is not part of it.
  content_hash text not null,
  media_ids uuid[] not null default '{}',
  created_by uuid references users on delete set null,
  -- 'person' or 'agent'; a version by the agent names its run.
  author_kind text not null default 'person' check (author_kind in ('person', 'agent')),
  run_id uuid,
  created_at timestamptz not null default now(),
  primary key (workspace_id, post_id, number),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index post_versions_media on post_versions using gin (media_ids);
-- A run proposes one post, however often it is resumed.
create unique index post_versions_run on post_versions (workspace_id, run_id) where run_id is not null;
call protect_tenant('post_versions');

create table approvals (
  workspace_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  version integer not null,
  -- SHA-256 over variants, media hashes, targets and time; what exactly was approved.
  bound_hash text not null,
  -- The instant that was approved; null: the approver left the time open.
  bound_at timestamptz,
  decision text not null check (decision in ('approved', 'changes_requested')),
  note text not null default '',
  decided_by uuid references users on delete set null,
  decided_at timestamptz not null default now(),
  voided_at timestamptz,
  voided_reason text,
  primary key (workspace_id, id),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index approvals_post on approvals (workspace_id, post_id, id desc);
-- At most one approval of a post stands at a time.
create unique index approvals_standing on approvals (workspace_id, post_id)
  where decision = 'approved' and voided_at is null;
call protect_tenant('approvals');
