-- What somebody wrote on top of a version that was no longer the newest, and did not go on with: beside the history of
-- the post, so that it can be read and brought back. It is no version, and nobody decides on it. See docs/decisions/0110.
create table texts_set_aside (
  workspace_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  -- The version that it was written on top of.
  base_version integer not null,
  title text not null,
  variants jsonb not null,
  media_ids uuid[] not null default '{}',
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index texts_set_aside_post on texts_set_aside (workspace_id, post_id, id desc);
create index texts_set_aside_media on texts_set_aside using gin (media_ids);
call protect_tenant('texts_set_aside');
