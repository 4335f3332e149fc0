-- For connectors that count posts: whether one of them has something due, however much is due elsewhere.
create index deliveries_due_by_connector on deliveries (connector, (case when state = 'scheduled' then wake_at end))
  where (case when state = 'scheduled' then wake_at end) is not null;
