-- One approved variant on its way to one channel. The content is a frozen copy: delivery never reads the desk.
create table deliveries (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  post_id uuid not null,
  channel_id uuid not null,
  connector text not null,
  -- {variant: VariantContent, media: MediaInfo[]}
  content jsonb not null,
  content_hash text not null,
  approval_id uuid not null,
  approved_by uuid not null,
  due_at timestamptz not null,
  grace_seconds integer not null,
  state text not null default 'scheduled' check (state in
    ('scheduled', 'claimed', 'in_flight', 'confirmed', 'rejected', 'needs_reconnect',
     'ambiguous', 'reconciling', 'needs_human', 'missed', 'cancelled')),
  -- Not before this moment: the due time, a back-off, a rate limit, the end of the window W.
  wake_at timestamptz not null,
  fence bigint not null default 0,
  lease_until timestamptz,
  -- What `prepare` returned; set before the first intent and never changed after it.
  plan jsonb,
  plan_hash text,
  item_count integer,
  tries integer not null default 0,
  error_code text,
  error_message text,
  external_url text,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete restrict,
  unique (workspace_id, post_id, channel_id, approval_id)
);
create index deliveries_due on deliveries (wake_at) where state in
  ('scheduled', 'claimed', 'in_flight', 'ambiguous', 'reconciling');
create index deliveries_post on deliveries (workspace_id, post_id);
create index deliveries_channel on deliveries (workspace_id, channel_id, state);
call protect_tenant('deliveries');

-- One try to make one item visible. The row is the intent: it stands, durably, before a byte leaves.
create table delivery_attempts (
  workspace_id uuid not null,
  id uuid not null,
  delivery_id uuid not null,
  item integer not null,
  number integer not null,
  kind text not null check (kind in ('post', 'reply', 'comment')),
  channel_id uuid not null,
  fence bigint not null,
  payload_hash text not null,
  intent_at timestamptz not null,
  deadline_at timestamptz not null,
  state text not null default 'open' check (state in
    ('open', 'confirmed', 'not_sent', 'rejected', 'unauthorized', 'ambiguous', 'absent_proven')),
  external_id text,
  external_url text,
  external_data jsonb,
  -- How it was settled: the platform's answer, reading it back, or a person.
  settled_by text check (settled_by in ('answer', 'located', 'person')),
  settled_by_user uuid references users on delete set null,
  settled_at timestamptz,
  error_code text,
  error_message text,
  evidence text,
  primary key (workspace_id, id),
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  unique (workspace_id, delivery_id, item, number)
);
-- Invariant 2: at most one open attempt per (delivery, item); ambiguous counts as open.
create unique index delivery_attempts_open on delivery_attempts (workspace_id, delivery_id, item)
  where state in ('open', 'ambiguous', 'confirmed');
-- Invariant 5: a platform's id belongs to one attempt of a channel.
create unique index delivery_attempts_external on delivery_attempts (workspace_id, channel_id, external_id)
  where external_id is not null;
call protect_tenant('delivery_attempts');

-- Invariant 5: confirmed is final.
create function keep_confirmed() returns trigger
  language plpgsql
as $$
begin
  if old.state = 'confirmed' and (new.state, new.external_id) is distinct from (old.state, old.external_id) then
    raise exception 'a confirmed attempt is final' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger keep_confirmed before update on delivery_attempts
  for each row execute function keep_confirmed();
