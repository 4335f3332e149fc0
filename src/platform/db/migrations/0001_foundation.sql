-- Two roles that never own a table, so that row-level security binds both.
-- galley_app serves people: it sees the rows of one workspace, named per transaction.
-- galley_system serves the worker, sign-in and maintenance: it sees all workspaces.
-- Roles belong to the whole cluster; another database of it may have made them already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'galley_app') then
    create role galley_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'galley_system') then
    create role galley_system nologin;
  end if;
  execute format('grant galley_app, galley_system to %I', current_user);
exception
  -- Two databases of one cluster being migrated at the same moment.
  when duplicate_object or unique_violation then null;
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
