-- Whether an attempt may have been repeated in a time that the database has lost. A mark of its own: the code of the attempt
-- changes with what becomes of it, as when the lease of the process that sent it ends.
alter table delivery_attempts add column after_loss boolean not null default false;
update delivery_attempts set after_loss = true where error_code = 'delivery.restored';
