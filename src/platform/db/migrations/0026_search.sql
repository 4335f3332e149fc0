-- Words of posts are found by their pieces: every three characters in a row and, outside of ASCII, where two are
-- a word, every two. Each is hashed with its workspace, so that the index of one workspace holds nothing of
-- another, in any script and under any locale, and without an extension.
create function search_pieces(workspace uuid, words text) returns bigint[]
  language sql immutable parallel safe
return (
  select coalesce(array_agg(hashtextextended(piece, seed)), '{}')
  from (
      select lower(words) as folded, hashtextextended(workspace::text, 0) as seed
      -- Computed once, not for each piece.
      offset 0
    ) text,
    generate_series(1, char_length(folded) - 1) place,
    lateral (values (substr(folded, place, 3), 3), (substr(folded, place, 2), 2)) pieces (piece, length)
  where char_length(piece) = length and (length = 3 or octet_length(piece) >= 4)
);

-- Beside posts, so that a change of status indexes nothing anew.
create table post_search (
  workspace_id uuid not null,
  post_id uuid not null,
  words text not null,
  primary key (workspace_id, post_id),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
call protect_tenant('post_search');

create function keep_post_search() returns trigger
  language plpgsql
as $$
begin
  insert into post_search (workspace_id, post_id, words)
  values (new.workspace_id, new.id, new.title || E'\n' || new.excerpt)
  on conflict (workspace_id, post_id) do update set words = excluded.words;
  return null;
end
$$;
create trigger posts_search_new after insert on posts for each row execute function keep_post_search();
create trigger posts_search_changed after update of title, excerpt on posts for each row
  when (old.title is distinct from new.title or old.excerpt is distinct from new.excerpt)
  execute function keep_post_search();

insert into post_search (workspace_id, post_id, words) select workspace_id, id, title || E'\n' || excerpt from posts;
create index post_search_pieces on post_search using gin (search_pieces(workspace_id, words));
