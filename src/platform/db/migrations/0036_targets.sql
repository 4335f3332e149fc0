-- An approval binds where a post goes, beside what it says: each channel has the fingerprint of its target. See
-- docs/decisions/0097. Channels of before get theirs when they are first used; until then nothing is bound and nothing
-- falls, and whoever changes the target afterwards changes it visibly.
alter table channels
  add column target_hash text,
  -- The same in words, for people.
  add column target_words text,
  -- When it last became another one; null as long as it never did.
  add column target_changed_at timestamptz,
  add check ((target_hash is null) = (target_words is null));

-- {channel id: {hash, words}} as it was at the decision; a channel that had no fingerprint then is missing.
alter table approvals add column targets jsonb not null default '{}';
alter table series_approvals add column targets jsonb not null default '{}';

-- As the approval bound it; null where it bound none.
alter table deliveries add column target_hash text;
create trigger keep_target before update of target_hash on deliveries
  for each row when (old.target_hash is distinct from new.target_hash) execute function keep_frozen();

-- However a target comes to be another one, the desk hears of it in the same transaction and takes approvals back.
create function note_target_change() returns trigger
  language plpgsql
as $$
begin
  if new.target_hash is null then
    raise exception 'a channel does not forget its target' using errcode = 'check_violation';
  end if;
  if old.target_hash is not null then
    new.target_changed_at := clock_timestamp();
    perform enqueue_jobs(jsonb_build_array(jsonb_build_object('task', 'desk.target_changed',
      'payload', jsonb_build_object('workspaceId', new.workspace_id, 'channelId', new.id))));
  end if;
  return new;
end
$$;
create trigger note_target_change before update of target_hash on channels
  for each row when (old.target_hash is distinct from new.target_hash) execute function note_target_change();

-- As before, and last of all: the post goes where it was approved to go.
create or replace function guard_intents() returns trigger
  language plpgsql
  set enable_seqscan = off
as $$
declare
  bad record;
begin
  if current_setting('fsync') <> 'on' or current_setting('synchronous_commit') = 'off' then
    raise exception 'this database may forget a commit (fsync or synchronous_commit is off)' using errcode = 'GD001';
  end if;
  -- Lateral, so that each row is looked up and no table is read whole.
  select c.reason into bad
    from written n
    left join deliveries d on d.workspace_id = n.workspace_id and d.id = n.delivery_id
    left join lateral (
      select target_hash, target_changed_at from channels
      where workspace_id = d.workspace_id and id = d.channel_id
      limit 1) t on true
    left join lateral (
      select true as stands from approvals
      where workspace_id = d.workspace_id and id = d.approval_id and post_id = d.post_id
        and decision = 'approved' and voided_at is null and bound_hash = d.approval_hash
      limit 1) p on true
    cross join lateral (
      select count(*) as confirmed from delivery_attempts
      where n.item > 0 and delivery_id = n.delivery_id and item < n.item and state = 'confirmed') e
    cross join lateral (
      select case
        when n.state <> 'open' then 'GD000 an attempt begins as open'
        when d.state is null or d.state not in ('claimed', 'in_flight') or d.fence <> n.fence
          or d.lease_until <= n.deadline_at
          then 'GD002 an intent needs the current fence and a lease beyond its deadline'
        when d.item_hashes[n.item + 1] is distinct from n.payload_hash or d.channel_id <> n.channel_id
          then 'GD003 an intent must be what the stored plan says'
        when e.confirmed <> n.item then 'GD004 items go out in order'
        when p.stands is null then 'GD005 the approval does not stand'
        when d.target_hash is distinct from t.target_hash
          and (d.target_hash is not null or t.target_changed_at is not null)
          then 'GD007 the channel goes elsewhere than was approved'
      end as reason) c
    where c.reason is not null
    limit 1;
  if bad.reason is not null then
    raise exception '%', substr(bad.reason, 7) using errcode = substr(bad.reason, 1, 5);
  end if;
  return null;
end
$$;
