-- What platforms take is counted in the attempts themselves: by account over a sliding window.
create index delivery_attempts_sent on delivery_attempts (channel_id, intent_at);
create index channels_account on channels (connector, account_id);
-- Deliveries that wait for a quota, so that what comes after them is placed behind them.
create index deliveries_quota on deliveries (connector) where state = 'scheduled' and error_code = 'delivery.quota';

-- A platform has said "not before": for one account wherever it is connected, or for the whole app (account_id '').
create table delivery_holds (
  connector text not null,
  account_id text not null,
  until timestamptz not null,
  primary key (connector, account_id)
);
-- It concerns accounts across workspaces, so requests of people never read it.
revoke all on delivery_holds from galley_app;

-- Nothing of a paused workspace is sent; reading back goes on.
alter table workspaces add column paused_at timestamptz;
