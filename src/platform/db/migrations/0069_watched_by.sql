-- The processes that have begun to look for what became of a delivery: an absence counts only where one of them has watched
-- for a whole window, and a person is asked where many came and none stayed.
alter table deliveries add column watched_by text[] not null default '{}';
