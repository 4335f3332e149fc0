-- A post whose channel has to be connected again has not failed: it goes on by itself once there is access.
alter table posts drop constraint posts_status_check;
alter table posts add constraint posts_status_check check (status in
  ('draft', 'in_review', 'approved', 'scheduled', 'publishing', 'waiting_for_channel', 'published', 'partly',
    'failed', 'missed', 'cancelled'));
