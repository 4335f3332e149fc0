-- Browsers in which an account has signed in. What others try from elsewhere does not keep them out.
create table known_devices (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token_hash text not null unique,
  user_agent text not null,
  created_at timestamptz not null,
  used_at timestamptz not null
);
create index known_devices_user on known_devices (user_id);

-- Wrong passwords in a row, counted for each place apart: a known device, a session, or anywhere else.
create table password_tries (
  user_id uuid not null references users on delete cascade,
  place text not null,
  failed integer not null,
  locked_until timestamptz,
  tried_at timestamptz not null,
  primary key (user_id, place)
);
insert into password_tries (user_id, place, failed, locked_until, tried_at)
  select id, 'elsewhere', failed_sign_ins, locked_until, now() from users
  where failed_sign_ins > 0 or locked_until is not null;
alter table users drop column failed_sign_ins, drop column locked_until;

-- A new password by mail: used once, within half an hour. The token is made when the mail is sent.
create table password_resets (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token_hash text unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index password_resets_user on password_resets (user_id, created_at);

revoke all on known_devices, password_tries, password_resets from galley_app;
