-- What these columns say, in the words that one would search for.
alter table series rename column tended_to to materialized_until;
alter table series rename column tend_at to next_run_at;

-- The default is the workspaces' own (`defaultGraceSeconds` in src/workspaces): in two places it would differ one day.
alter table workspaces alter column grace_seconds drop default;
