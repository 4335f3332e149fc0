-- Holds say since when and why, and end within a day; what an account's lists lack because it could not be read is looked
-- for again; and an id of a platform belongs to one attempt of an account, in whichever workspace. See
-- docs/decisions/0127.

-- A platform has said "not before", to one account wherever it is connected. `since`: when it said so.
delete from delivery_holds where account_id = '' or until <= now();
alter table delivery_holds
  add column since timestamptz not null default now(),
  -- For people, and what the platform answered.
  add column reason text not null default 'The platform asked to wait.',
  add column evidence text;
update delivery_holds set until = least(until, since + interval '24 hours');
alter table delivery_holds
  alter column since drop default,
  alter column reason drop default,
  add constraint delivery_holds_end check (until between since and since + interval '24 hours'),
  add constraint delivery_holds_account check (account_id <> '');

-- It counts for less from the moment on at which a post was last that late.
alter table delivery_windows rename column updated_at to seen_at;

-- What could not be read back without an access, so that it is looked for as soon as there is one.
create index deliveries_no_access on deliveries (channel_id) where error_code = 'delivery.no_access';

-- Whose post an attempt is, as it was when the intent was written; `duplicate_of`: of before this constraint, when one
-- account in two workspaces could own a post twice, and the id of the attempt that has it.
alter table delivery_attempts
  add column connector text,
  add column account_id text,
  add column duplicate_of uuid,
  disable trigger user;
-- Row-level security binds the owner of the tables, too.
set local role galley_system;
update deliveries set error_code = 'delivery.no_access'
  where state = 'needs_human' and error_message like 'The platform could not be read:%';
update delivery_attempts a
  set connector = o.connector, account_id = o.account_id, duplicate_of = nullif(o.owner, a.id)
  from (
    select s.delivery_id, s.item, s.number, c.connector, c.account_id,
      case when s.external_id is not null then first_value(s.id) over (
        partition by s.external_id, c.account_id, c.connector order by s.intent_at, s.id) end as owner
    from delivery_attempts s
    join channels c on c.workspace_id = s.workspace_id and c.id = s.channel_id) o
  where a.delivery_id = o.delivery_id and a.item = o.item and a.number = o.number;
insert into audit_events (workspace_id, id, actor_kind, action, target_kind, target_id, details)
  select workspace_id,
    -- Ids begin with the time, so that lists stand in its order.
    (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
      || '8' || substr(md5(random()::text), 1, 15))::uuid,
    'system', 'delivery.external_id_shared', 'delivery', delivery_id::text,
    jsonb_build_object('externalId', external_id, 'url', external_url)
  from delivery_attempts where duplicate_of is not null;
reset role;
alter table delivery_attempts
  enable trigger user,
  alter column connector set not null,
  alter column account_id set not null;

create function name_account() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
begin
  select connector, account_id into new.connector, new.account_id
    from channels where workspace_id = new.workspace_id and id = new.channel_id;
  new.duplicate_of := null;
  return new;
end
$$;
create trigger name_account before insert on delivery_attempts
  for each row execute function name_account();
create trigger keep_account before update of connector, account_id, duplicate_of on delivery_attempts
  for each row when (
    (old.connector, old.account_id, old.duplicate_of) is distinct from (new.connector, new.account_id, new.duplicate_of))
  execute function keep_frozen();

-- Invariant 5: a platform's id belongs to one attempt of an account.
drop index delivery_attempts_external;
create unique index delivery_attempts_external on delivery_attempts (external_id, account_id, connector)
  where external_id is not null and duplicate_of is null;
