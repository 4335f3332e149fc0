-- Home shows what went out last: found without reading every published post.
create index posts_last_published on posts (workspace_id, updated_at desc, id desc)
  where status in ('published', 'partly') and deleted_at is null;

-- Smaller pictures of an image, each made once when it is first shown at that width. They can be made again at any
-- time, so nothing but the image itself refers to them.
create table media_renditions (
  workspace_id uuid not null references workspaces on delete cascade,
  -- The image's bytes, and those of the smaller picture.
  sha256 text not null,
  width integer not null,
  rendition_sha256 text not null,
  mime_type text not null,
  primary key (workspace_id, sha256, width)
);
create index media_renditions_bytes on media_renditions (workspace_id, rendition_sha256);
call protect_tenant('media_renditions');
