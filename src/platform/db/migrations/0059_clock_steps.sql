-- Each time that the database's clock was set, as a worker saw it; the newest tells whether another has seen it first.
create table clock_steps (
  id bigint generated always as identity primary key,
  noticed_at timestamptz not null default clock_timestamp(),
  -- Forward; below zero: back.
  by_ms bigint not null
);
revoke all on clock_steps from galley_app;

-- By how much the clock was set since intent_at, which stays as it was written: the window ends so much later, and t_send
-- may be so much earlier where it was set back.
alter table delivery_attempts add column clock_step_ms bigint not null default 0;

-- `not valid`: what stands was proven by the rules of its time.
-- Invariant 3: the listing also reaches back by the two minutes that a platform's clock may be behind.
alter table delivery_attempts
  drop constraint absence_is_proven,
  add constraint absence_is_proven check (
    state <> 'absent_proven' or settled_by = 'person'
    or coalesce(
      settled_by = 'located'
        and looked_at >= intent_at + (window_ms + clock_step_ms) * interval '1 millisecond'
        and covers_from <= intent_at + least(clock_step_ms, 0) * interval '1 millisecond' - interval '2 minutes',
      false)) not valid,
  drop constraint match_is_not_older,
  add constraint match_is_not_older check (
    state <> 'confirmed' or settled_by <> 'located'
    or coalesce(
      external_created_at >= intent_at + least(clock_step_ms, 0) * interval '1 millisecond' - interval '10 minutes',
      false)) not valid;
