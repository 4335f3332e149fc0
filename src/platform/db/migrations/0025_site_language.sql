-- The language of a site's texts (BCP 47): pages name it for screen readers and search engines, feeds for readers.
alter table sites add column language text not null default 'en';
