-- One worker at a time on one piece of work, for everything but deliveries, whose statements are tuned by themselves.
-- A fence is never given twice, so that whoever lost a lease is known by it even after its row was deleted.
create sequence lease_fences;

create table leases (
  workspace_id uuid not null references workspaces on delete cascade,
  -- What kind of work, such as `agent.run`.
  kind text not null,
  -- Which piece of it.
  subject text not null,
  fence bigint not null,
  until timestamptz not null,
  primary key (workspace_id, kind, subject)
);
create index leases_ended on leases (until);
call protect_tenant('leases');

-- A run that is being worked on keeps its worker.
insert into leases (workspace_id, kind, subject, fence, until)
select workspace_id, 'agent.run', id::text, nextval('lease_fences'), lease_until
from runs where state = 'running' and lease_until > clock_timestamp();

drop index runs_open;
alter table runs rename column fence to executions;
alter table runs drop column lease_until;
create index runs_open on runs (created_at) where state in ('queued', 'running');

alter table notifications drop column claimed_until;

-- Steps are remembered for every kind of work that an agent does; each kind names its own.
alter table run_steps drop constraint run_steps_name_check;
alter table run_steps add constraint run_steps_name_check check (name ~ '^[a-z]+(_[a-z]+)*$');
