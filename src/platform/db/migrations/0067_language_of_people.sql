-- What a person chose to be spoken to in, on every device and in mails; null: as the browser says. `browser_language` is
-- what it said at the last sign-in, since a mail cannot ask. Which languages there are is in src/kit/languages.ts.
alter table users
  add column language text check (language ~ '^[a-z]{2,3}$'),
  add column browser_language text check (browser_language ~ '^[a-z]{2,3}$');
