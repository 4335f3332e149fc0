-- Recurring posts. A series has a template, which is a post that never goes out itself, and a rule; each
-- occurrence is a post of its own. See docs/decisions/0050.

alter table posts add column kind text not null default 'post' check (kind in ('post', 'template'));

create table series (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  template_id uuid not null,
  -- {repeat, time, zone, clock, startsOn, end}; see src/desk/series/rule.schema.ts.
  rule jsonb not null,
  -- How many occurrences are made ahead at most.
  ahead integer not null check (ahead between 1 and 50),
  state text not null default 'active' check (state in ('active', 'paused', 'ended')),
  -- Who changed the rule, or wrote what the template was copied from, since the last approval.
  editors uuid[] not null default '{}',
  -- Every date of the rule before this one is made or accounted for.
  tended_to date not null,
  -- When a worker looks at it next.
  tend_at timestamptz not null,
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Ended and out of sight; what was published stays.
  deleted_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, template_id),
  foreign key (workspace_id, template_id) references posts (workspace_id, id) on delete cascade,
  check (deleted_at is null or state = 'ended')
);
create index series_tended on series (tend_at) where state <> 'ended';
call protect_tenant('series');

-- A person's decision on a series: it binds the template's content, its channels and the rule, and with the rule
-- every moment at which an occurrence goes out.
create table series_approvals (
  workspace_id uuid not null,
  id uuid not null,
  series_id uuid not null,
  template_version integer not null,
  -- The template's content hash, and so that of each occurrence.
  content_hash text not null,
  -- SHA-256 over the rule and the hash of each variant.
  bound_hash text not null,
  note text not null default '',
  decided_by uuid references users on delete set null,
  decided_at timestamptz not null default now(),
  voided_at timestamptz,
  voided_reason text,
  primary key (workspace_id, id),
  foreign key (workspace_id, series_id) references series (workspace_id, id) on delete cascade
);
create unique index series_approvals_standing on series_approvals (series_id) where voided_at is null;
create index series_approvals_newest on series_approvals (series_id, id desc);
call protect_tenant('series_approvals');

-- One row per date of a series, whatever became of it: no date is ever made twice.
create table series_occurrences (
  workspace_id uuid not null,
  series_id uuid not null,
  -- The date on the wall, in the rule's zone.
  local_date date not null,
  -- Null: its moment passed before it could be made; "reason" says why.
  post_id uuid,
  -- False once a person changed, moved or gave up this occurrence: from then on it is a post like any other.
  follows boolean not null default true,
  -- Why it is not scheduled; null where it is.
  reason text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, series_id, local_date),
  foreign key (workspace_id, series_id) references series (workspace_id, id) on delete cascade,
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade,
  check (post_id is not null or reason is not null)
);
create unique index series_occurrences_post on series_occurrences (post_id) where post_id is not null;
call protect_tenant('series_occurrences');

-- The approval of an occurrence may stem from the approval of its series.
alter table approvals add column series_approval_id uuid;
alter table approvals add foreign key (workspace_id, series_approval_id)
  references series_approvals (workspace_id, id);
create index approvals_of_series on approvals (series_approval_id) where series_approval_id is not null;

-- Such an approval can be written only while the series' own stands, for an occurrence that follows the template
-- and says exactly what was approved. The lock keeps the series' approval from falling at the same moment.
create function guard_derived_approval() returns trigger
  language plpgsql
as $$
declare
  source record;
begin
  select s.* into source from series_approvals s
    where s.workspace_id = new.workspace_id and s.id = new.series_approval_id
    for share;
  if source.id is null or source.voided_at is not null or source.decided_by is distinct from new.decided_by then
    raise exception 'the approval of the series does not stand' using errcode = 'check_violation';
  end if;
  if new.bound_at is null or new.decision <> 'approved' or not exists (
    select from series_occurrences o join posts p on p.workspace_id = o.workspace_id and p.id = o.post_id
    where o.workspace_id = new.workspace_id and o.series_id = source.series_id and o.post_id = new.post_id
      and o.follows and p.content_hash = source.content_hash and p.scheduled_at = new.bound_at
  ) then
    raise exception 'the approval of a series binds its own occurrences alone' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_derived_approval before insert on approvals
  for each row when (new.series_approval_id is not null) execute function guard_derived_approval();
create function keep_derivation() returns trigger
  language plpgsql
as $$
begin
  raise exception 'where an approval comes from is a record' using errcode = 'check_violation';
end
$$;
create trigger keep_derivation before update of series_approval_id on approvals
  for each row when (old.series_approval_id is distinct from new.series_approval_id) execute function keep_derivation();

-- When the approval of a series falls, nothing that it alone approved may still be waiting to go out. Checked at
-- the commit, so that the code may go about it in any order.
create function guard_fallen_series() returns trigger
  language plpgsql
as $$
begin
  if exists (
    select from approvals a join deliveries d on d.post_id = a.post_id and d.approval_id = a.id
    where a.series_approval_id = new.id and a.voided_at is null and d.state = 'scheduled'
      and not exists (select from delivery_attempts t where t.delivery_id = d.id)
  ) then
    raise exception 'occurrences of this series still wait to go out' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create constraint trigger guard_fallen_series after update on series_approvals
  deferrable initially deferred for each row when (new.voided_at is not null)
  execute function guard_fallen_series();
