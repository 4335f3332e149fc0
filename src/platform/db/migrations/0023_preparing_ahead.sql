-- Uploads of large files begin before the due time. What they give is kept beside the delivery, which stays
-- scheduled: only a publisher that has claimed it makes this its plan, with the first intent.
alter table deliveries add column slow_to_prepare boolean not null default false;
create index deliveries_to_prepare on deliveries (wake_at)
  where state = 'scheduled' and slow_to_prepare and plan is null;

create table delivery_preparations (
  workspace_id uuid not null,
  delivery_id uuid not null,
  -- What it was prepared for: another due time or another app needs another preparation.
  due_at timestamptz not null,
  app text not null,
  -- Grows with every owner; null lease: nobody is preparing.
  fence bigint not null default 1,
  lease_until timestamptz,
  tries integer not null default 0,
  try_after timestamptz not null default now(),
  plan jsonb,
  prepared_at timestamptz,
  primary key (workspace_id, delivery_id),
  foreign key (workspace_id, delivery_id) references deliveries (workspace_id, id) on delete cascade,
  check ((plan is null) = (prepared_at is null)),
  check (plan is null or lease_until is null)
);
call protect_tenant('delivery_preparations');
revoke all on delivery_preparations from galley_app;
