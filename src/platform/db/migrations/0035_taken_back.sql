-- An approval can be taken back for a few seconds by the person who gave it, and what it alone released waits for so
-- long. See docs/decisions/0096. Approvals of before can no longer be taken back.
alter table approvals
  add column undo_until timestamptz,
  -- Taken back within its moments: as if it had never been given. Nobody counts it as an approval of that version.
  add column taken_back boolean not null default false,
  add check (not taken_back or voided_at is not null);
alter table series_approvals
  add column undo_until timestamptz,
  add column taken_back boolean not null default false,
  -- Who had changed the series since the approval before: given back where this one is taken back.
  add column editors_before uuid[] not null default '{}',
  add check (not taken_back or voided_at is not null);

-- Released by an approval alone: not before it can no longer be taken back. Null: a person said "now" or "then" after it.
alter table deliveries add column not_before timestamptz;

-- Whatever sets the time at which a delivery wakes, it is never before.
create function wait_for_undo() returns trigger
  language plpgsql
as $$
begin
  new.wake_at := new.not_before;
  return new;
end
$$;
create trigger wait_for_undo before insert or update of state, wake_at on deliveries
  for each row when (new.state = 'scheduled' and new.not_before > new.wake_at) execute function wait_for_undo();

-- And nothing is claimed before.
create function guard_undo() returns trigger
  language plpgsql
as $$
begin
  if new.not_before is distinct from old.not_before then
    raise exception 'until when a delivery waits is a record' using errcode = 'check_violation';
  end if;
  if new.state = 'claimed' and new.not_before > clock_timestamp() then
    raise exception 'the approval of this delivery can still be taken back' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_undo before update of state, not_before on deliveries
  for each row when (old.not_before is not null or new.not_before is not null) execute function guard_undo();
