-- An address counts once a mail to it was answered, or an admin of the installation vouched for it. The person who
-- set Galley up did so at the machine.
update users set email_verified = true where id in (select user_id from installation_admins);

alter table invitations
  -- Who made the link is an admin of the installation, so that using it makes an account.
  add column link_proves boolean not null default false,
  -- The link in the mail, made when the mail is sent: using it proves the address.
  add column mailed_token_hash text unique;

-- A mistake in the code meets the database: nobody joins, and nobody decides, with an address that does not count.
create function guard_confirmed_address() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if not exists (select from users where id = new.user_id and email_verified) then
    raise exception 'the address of this account is not confirmed' using errcode = 'GI002';
  end if;
  return new;
end
$$;
create trigger guard_confirmed_address before insert on members
  for each row execute function guard_confirmed_address();
create trigger guard_confirmed_address before insert on installation_admins
  for each row execute function guard_confirmed_address();
