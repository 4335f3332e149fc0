-- An answer that is kept is given again as it was: `jsonb` puts its fields into another order.
alter table idempotency_keys alter column response type json using response::json;
