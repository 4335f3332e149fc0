-- A row names a process now; the queue that it runs may break and be started again under another name.
alter table worker_heartbeats add column queue_id text;

-- The process that took a delivery last. What a dead one had only claimed need not wait for the end of its lease.
alter table deliveries add column claimed_by text;
