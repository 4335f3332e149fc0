-- A version that a program saved while a person was typing: the next one of the same person may take its place. One that
-- was saved on purpose, or that somebody else's edit collided with, stays in the history. See docs/decisions/0110.
alter table post_versions add column autosaved boolean not null default false;
