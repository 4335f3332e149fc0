-- The window as it was before it began again in a quarantine, which may be entered many times for one attempt: each time
-- it begins anew with this length, and not with all that had passed before. Null: it never began again.
alter table delivery_attempts add column first_window_ms integer check (first_window_ms > 0);
