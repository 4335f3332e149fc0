-- What counts against a quota, and nothing else, so that a claim counts it in the index alone.
drop index delivery_attempts_sent;
create index delivery_attempts_sent on delivery_attempts (channel_id, intent_at) where state <> 'not_sent';
