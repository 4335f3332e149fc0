import { Client } from "pg";

/** Ahead of `pg_catalog`, so that a call by the bare name is a call of ours. */
const searchPath = "test_clock, public, pg_catalog";

/**
 * `clock_timestamp()` and `now()` with an offset, for all statements of the database and for the defaults of its
 * tables, which hold on to the function that they were made with. `current_timestamp` is grammar and cannot be turned.
 */
const turnable = `
  create schema test_clock;
  create table test_clock.ahead ("by" interval not null);
  insert into test_clock.ahead values ('0');
  create function test_clock.clock_timestamp() returns timestamptz language plpgsql volatile as
    $$ begin return pg_catalog.clock_timestamp() + (select "by" from test_clock.ahead); end $$;
  create function test_clock.now() returns timestamptz language plpgsql stable as
    $$ begin return pg_catalog.now() + (select "by" from test_clock.ahead); end $$;
  grant usage on schema test_clock to public;
  grant select on test_clock.ahead to public;
  do $$
  declare
    one record;
  begin
    for one in
      select adrelid::regclass as name, attname, pg_get_expr(adbin, adrelid) as value
      from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum and attgenerated = ''
      where pg_get_expr(adbin, adrelid) in ('now()', 'clock_timestamp()')
    loop
      execute format('alter table %s alter column %I set default test_clock.%s', one.name, one.attname, one.value);
    end loop;
  end
  $$;`;

/** What the roles of the application may not do. */
export async function asOwner(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Gives a migrated test database a clock that `stepClock` can set, at the right time to begin with. Once for a
 * database; its open connections end, since they would go on by the server's own clock.
 */
export async function giveClock(databaseUrl: string): Promise<void> {
  await asOwner(databaseUrl, async (client) => {
    await client.query(turnable);
    await client.query(
      `do $$ begin execute format('alter database %I set search_path = ${searchPath}', current_database()); end $$`,
    );
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
  });
}

/** Sets the clock of a test database forward by so many milliseconds, or back by as many below zero: all sessions see it at once. */
export async function stepClock(databaseUrl: string, { byMs }: { byMs: number }): Promise<void> {
  await asOwner(databaseUrl, (client) =>
    client.query(`update test_clock.ahead set "by" = "by" + $1::float8 * interval '1 millisecond'`, [byMs]),
  );
}
