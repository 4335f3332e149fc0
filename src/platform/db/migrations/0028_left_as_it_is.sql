-- A thread of which some parts are live and the rest was refused: a person may leave it as it is. The state is an end
-- of its own, because 'cancelled' says that nothing is visible and lets the same approval send the post again.
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check check (state in
  ('scheduled', 'claimed', 'in_flight', 'confirmed', 'rejected', 'needs_reconnect',
   'ambiguous', 'reconciling', 'needs_human', 'missed', 'cancelled', 'partly'));

-- The same table as in src/delivery/state.ts; a test compares the two.
create or replace function delivery_may_move(old_state text, new_state text) returns boolean
  language sql immutable parallel safe
  return old_state = new_state or (old_state, new_state) in (
    ('scheduled', 'claimed'), ('scheduled', 'missed'), ('scheduled', 'needs_reconnect'), ('scheduled', 'cancelled'),
    ('claimed', 'in_flight'), ('claimed', 'scheduled'), ('claimed', 'rejected'), ('claimed', 'needs_reconnect'),
    ('claimed', 'missed'), ('claimed', 'cancelled'),
    ('in_flight', 'confirmed'), ('in_flight', 'scheduled'), ('in_flight', 'rejected'),
    ('in_flight', 'needs_reconnect'), ('in_flight', 'missed'), ('in_flight', 'ambiguous'),
    ('ambiguous', 'reconciling'), ('ambiguous', 'confirmed'), ('ambiguous', 'scheduled'),
    ('reconciling', 'ambiguous'), ('reconciling', 'confirmed'), ('reconciling', 'scheduled'),
    ('reconciling', 'missed'), ('reconciling', 'needs_human'),
    ('needs_human', 'ambiguous'), ('needs_human', 'confirmed'), ('needs_human', 'scheduled'), ('needs_human', 'missed'),
    ('rejected', 'scheduled'), ('rejected', 'cancelled'), ('rejected', 'partly'),
    ('missed', 'scheduled'), ('missed', 'cancelled'), ('missed', 'partly'),
    ('needs_reconnect', 'scheduled'), ('needs_reconnect', 'missed'), ('needs_reconnect', 'cancelled'),
    ('needs_reconnect', 'partly'));

-- Invariants 3 and 9, as before; and 'partly' says what is true: something is live, and not all of it.
create or replace function guard_deliveries() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
declare
  bad record;
begin
  select n.state, a.unsettled into bad
    from written n
    cross join lateral (
      select count(*) filter (where state <> 'confirmed') as unsettled,
        count(*) filter (where state = 'confirmed') as confirmed
      from delivery_attempts where delivery_id = n.id and state in ('open', 'ambiguous', 'confirmed')) a
    where n.state not in ('claimed', 'in_flight', 'ambiguous', 'reconciling', 'needs_human')
      and (a.unsettled > 0
        or n.state = 'confirmed' and a.confirmed is distinct from n.item_count
        or n.state = 'partly' and (a.confirmed = 0 or a.confirmed >= n.item_count))
    limit 1;
  if bad.unsettled > 0 then
    raise exception 'an attempt of this delivery is not settled' using errcode = 'check_violation';
  elsif bad.state = 'partly' then
    raise exception 'not a part of it is live' using errcode = 'check_violation';
  elsif bad.state is not null then
    raise exception 'not every item is confirmed' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
