-- A text is rendered once, when it is published: pages and feeds show what stands here. Null: still to be rendered.
alter table site_entries add column html text;
alter table site_entries add column plain_text text;
-- The text's own language (BCP 47); null where it does not show.
alter table site_entries add column language text;
create index site_entries_unrendered on site_entries (id) where html is null;

-- Addresses keep the letters of every script. Of ASCII: small letters, digits, hyphens.
alter table site_entries drop constraint site_entries_slug_check;
alter table site_entries add constraint site_entries_slug_check
  check (length(slug) between 1 and 100 and slug !~ '[\x01-\x2c\x2e\x2f\x3a-\x60\x7b-\x7f]');
