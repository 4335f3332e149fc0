-- Words of posts are found in other forms, without their accents, with a slip of the finger, and by the handle of the
-- channel that they are for. Each post keeps the hashes of what its words may be looked for by; see decision 112.

-- What readers take for the same: small letters without marks, and the letters that stand for two.
create function search_fold(words text) returns text
  language sql immutable parallel safe
return regexp_replace(
  normalize(replace(replace(replace(replace(replace(replace(lower(words),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ø', 'o'), 'ł', 'l'), 'đ', 'd'), NFKD),
  '[\u0300-\u036f]', '', 'g');

-- The words as they are written, each once, in no order.
create function search_words(words text) returns text[]
  language sql immutable parallel safe
return tsvector_to_array(array_to_tsvector(tsvector_to_array(to_tsvector('pg_catalog.simple', search_fold(words)))));

-- The stems that the words have in any of the languages that PostgreSQL knows without an extension: nobody says which
-- one a text is in, and a text may be in two.
create function search_stems(words text) returns text[]
  language sql immutable parallel safe
return (
  select coalesce(array_agg(distinct stem), '{}')
  from (select search_fold(words) as folded offset 0) text,
    lateral unnest(
      tsvector_to_array(to_tsvector('pg_catalog.danish', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.dutch', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.english', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.finnish', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.french', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.german', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.hungarian', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.italian', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.norwegian', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.portuguese', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.romanian', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.russian', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.spanish', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.swedish', folded))
      || tsvector_to_array(to_tsvector('pg_catalog.turkish', folded))) stem
);

-- A word, and the word without each of its letters. Two words that differ by one letter, or by two that are swapped,
-- have one of these in common. Short words are left out: one letter away from them is half of the language.
create function search_slips(words text[]) returns text[]
  language sql immutable parallel safe
return (
  select coalesce(array_agg(distinct slip), '{}')
  from unnest(words) word,
    lateral (
      select word as slip
      union all
      select overlay(word placing '' from place for 1) from generate_series(1, char_length(word)) place
    ) slips
  where char_length(word) between 5 and 24
);

-- Hashed with the workspace and the kind, so that the index of one workspace holds nothing of another.
create function search_hashes(workspace uuid, kind text, keys text[]) returns bigint[]
  language sql immutable parallel safe
return (
  select coalesce(array_agg(hashtextextended(kind || key, seed)), '{}')
  from unnest(keys) key, (select hashtextextended(workspace::text, 0) as seed offset 0) seeds
);

create function search_keys(workspace uuid, words text, channels uuid[]) returns bigint[]
  language sql immutable parallel safe
return search_hashes(workspace, 'word ', search_words(words))
  || search_hashes(workspace, 'stem ', search_stems(words))
  || search_hashes(workspace, 'slip ', search_slips(search_words(words)))
  || search_hashes(workspace, 'channel ', channels::text[]);

alter table post_search add column keys bigint[] not null default '{}';

create or replace function keep_post_search() returns trigger
  language plpgsql
as $$
declare
  said text := new.title || E'\n' || new.excerpt;
begin
  insert into post_search (workspace_id, post_id, words, keys)
  values (new.workspace_id, new.id, said, search_keys(new.workspace_id, said, new.channel_ids))
  on conflict (workspace_id, post_id) do update set words = excluded.words, keys = excluded.keys;
  return null;
end
$$;
drop trigger posts_search_changed on posts;
create trigger posts_search_changed after update of title, excerpt, channel_ids on posts for each row
  when (old.title is distinct from new.title or old.excerpt is distinct from new.excerpt
    or old.channel_ids is distinct from new.channel_ids)
  execute function keep_post_search();

update post_search s set keys = search_keys(s.workspace_id, s.words, p.channel_ids)
from posts p where p.workspace_id = s.workspace_id and p.id = s.post_id;
create index post_search_keys on post_search using gin (keys);
