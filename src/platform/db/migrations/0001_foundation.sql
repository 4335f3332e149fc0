-- Two roles that never own a table, so that row-level security binds both.
-- galley_app serves people: it sees the rows of one workspace, named per transaction.
-- galley_system serves the worker, sign-in and maintenance: it sees all workspaces.
-- Roles belong to the whole cluster; another database of it may have made them already.
do $$
begin
  -- Two databases of one cluster may be migrated at the same moment, and PostgreSQL answers the slower
  -- one with one of several errors; it tries again and then finds the roles made.
  for attempt in 1..5 loop
    begin
      if not exists (select from pg_roles where rolname = 'galley_app') then
        create role galley_app nologin;
      end if;
      if not exists (select from pg_roles where rolname = 'galley_system') then
        create role galley_system nologin;
      end if;
      if not pg_has_role(current_user, 'galley_app', 'member') or not pg_has_role(current_user, 'galley_system', 'member') then
        execute format('grant galley_app, galley_system to %I', current_user);
      end if;
      exit;
    exception
      when duplicate_object or unique_violation or internal_error then
        if attempt = 5 then raise; end if;
        perform pg_sleep(0.05 * attempt);
    end;
  end loop;
end
$$;

grant usage on schema public to galley_app, galley_system;
alter default privileges in schema public grant select, insert, update, delete on tables to galley_app, galley_system;
alter default privileges in schema public grant usage, select on sequences to galley_app, galley_system;

-- The workspace of this transaction; null outside one, and then no tenant row is visible.
create function current_workspace() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('galley.workspace', true), '')::uuid;

-- Makes a table a tenant table: called once after each `create table`.
create procedure protect_tenant(target regclass)
  language plpgsql
as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s to galley_app using (workspace_id = current_workspace()) with check (workspace_id = current_workspace())',
    target);
  execute format('create policy system on %s to galley_system using (true) with check (true)', target);
end
$$;

-- One row per running worker process. A row whose time stands still belongs to a worker that died;
-- the jobs that it had locked are set free.
create table worker_heartbeats (
  id text primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now()
);
revoke all on worker_heartbeats from galley_app;

-- The job queue's own tables admit their owner alone. These functions run as that owner, so that both
-- roles enqueue inside the transaction that wrote the rows a job is about. Their bodies name the
-- queue's schema late: it is installed after this file.
create function enqueue_jobs(jobs jsonb) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform graphile_worker.add_jobs(array(
    select row(
      job ->> 'task', (job -> 'payload')::json, null, (job ->> 'runAt')::timestamptz, null,
      job ->> 'key', null, null
    )::graphile_worker.job_spec
    from jsonb_array_elements(jobs) as job
  ));
end
$$;
revoke execute on function enqueue_jobs(jsonb) from public;
grant execute on function enqueue_jobs(jsonb) to galley_app, galley_system;

-- What /ready and /metrics tell about the queue: jobs that are due and free, and since when.
create function job_queue_state(out due bigint, out oldest_due_at timestamptz, out waiting bigint, out given_up bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  select
    count(*) filter (where locked_at is null and run_at <= now() and attempts < max_attempts),
    min(run_at) filter (where locked_at is null and run_at <= now() and attempts < max_attempts),
    count(*) filter (where attempts < max_attempts),
    count(*) filter (where attempts >= max_attempts)
  into due, oldest_due_at, waiting, given_up
  from graphile_worker._private_jobs;
end
$$;
revoke execute on function job_queue_state() from public;
grant execute on function job_queue_state() to galley_app, galley_system;
