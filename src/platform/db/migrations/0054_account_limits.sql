-- Limits that come with an account, of its server or its plan: what its connector read, and when. Null where they were
-- never read, or where the platform has the same for everybody.
alter table channels
  add column account_limits jsonb,
  add column account_limits_at timestamptz;
