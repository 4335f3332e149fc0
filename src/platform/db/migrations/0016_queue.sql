-- Queue slots, and what the desk warns of: the same text again, two posts close together.

-- A weekly moment at which a channel may post. Without a zone of its own it follows the workspace's.
create table queue_slots (
  workspace_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  -- ISO 8601: Monday is 1.
  weekday integer not null check (weekday between 1 and 7),
  -- "09:00" on the wall.
  wall text not null check (wall ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  zone text,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, channel_id, weekday, wall),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);
call protect_tenant('queue_slots');

-- A post that was put into the queue holds its moment on each of its channels: nobody else gets it.
create table queue_entries (
  workspace_id uuid not null,
  channel_id uuid not null,
  slot_at timestamptz not null,
  post_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, channel_id, slot_at),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade,
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index queue_entries_post on queue_entries (post_id);
call protect_tenant('queue_entries');

-- A post that is moved, given up, put away or taken off a channel frees what it held, whichever verb did it.
create function free_queue_slots() returns trigger
  language plpgsql
as $$
begin
  delete from queue_entries
    where post_id = new.id and workspace_id = new.workspace_id
      and (slot_at is distinct from new.scheduled_at or new.status = 'cancelled' or new.deleted_at is not null
        or channel_id <> all (new.channel_ids));
  return null;
end
$$;
create trigger free_queue_slots after update of scheduled_at, status, deleted_at, channel_ids on posts
  for each row when (
    (old.scheduled_at, old.status, old.deleted_at, old.channel_ids)
    is distinct from (new.scheduled_at, new.status, new.deleted_at, new.channel_ids))
  execute function free_queue_slots();

-- What a reader would call the same text: without differences of case, white space, width or invisible characters.
create function text_fingerprint(content jsonb) returns text
  language sql immutable parallel safe
  return (
    select case when btrim(words) = '' then null else md5(btrim(words)) end
    from (
      select lower(regexp_replace(
        regexp_replace(normalize(string_agg(part, ' ' order by place) || ' ' || coalesce(content ->> 'link', ''), nfkc),
          '[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]', '', 'g'),
        '\s+', ' ', 'g')) as words
      from jsonb_array_elements_text(content -> 'parts') with ordinality as parts (part, place)) texts);

-- The fingerprint of each variant of a post's newest version.
create table post_fingerprints (
  workspace_id uuid not null,
  post_id uuid not null,
  channel_id uuid not null,
  fingerprint text not null,
  primary key (workspace_id, post_id, channel_id),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index post_fingerprints_text on post_fingerprints (fingerprint, channel_id);
call protect_tenant('post_fingerprints');

create function keep_fingerprints() returns trigger
  language plpgsql
as $$
begin
  delete from post_fingerprints where workspace_id = new.workspace_id and post_id = new.post_id;
  insert into post_fingerprints (workspace_id, post_id, channel_id, fingerprint)
    select distinct on (v ->> 'channelId') new.workspace_id, new.post_id, (v ->> 'channelId')::uuid,
      text_fingerprint(v -> 'content')
    from jsonb_array_elements(new.variants) v
    where text_fingerprint(v -> 'content') is not null;
  return null;
end
$$;
-- A version is only ever written as the newest.
create trigger keep_fingerprints after insert or update of variants on post_versions
  for each row execute function keep_fingerprints();

insert into post_fingerprints (workspace_id, post_id, channel_id, fingerprint)
  select distinct on (p.workspace_id, p.id, v ->> 'channelId') p.workspace_id, p.id, (v ->> 'channelId')::uuid,
    text_fingerprint(v -> 'content')
  from posts p
  join post_versions n on n.workspace_id = p.workspace_id and n.post_id = p.id and n.number = p.version
  cross join lateral jsonb_array_elements(n.variants) v
  where text_fingerprint(v -> 'content') is not null;
