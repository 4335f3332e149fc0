-- Posts from a CSV file: read, checked line by line, and made into drafts.

create table imports (
  workspace_id uuid not null references workspaces on delete cascade,
  id uuid not null,
  file_name text not null,
  sha256 text not null,
  -- What a line without a zone of its own means.
  zone text not null,
  state text not null default 'checking' check (state in ('checking', 'checked', 'importing', 'done', 'failed')),
  -- Words about the file as a whole, such as the encoding that was guessed.
  notice text,
  lines integer not null check (lines > 0),
  created_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index imports_newest on imports (workspace_id, id desc);
create index imports_stranded on imports (updated_at) where state in ('checking', 'importing');
call protect_tenant('imports');

create table import_lines (
  workspace_id uuid not null,
  import_id uuid not null,
  -- The line of the file on which the record begins; the header is line 1.
  line integer not null check (line > 0),
  -- SHA-256 of the cells and of which of its equals in the file this is: the same file again is the same lines.
  line_hash text not null,
  -- {column: cell}; null where the line is not CSV.
  cells jsonb,
  state text not null default 'waiting' check (state in ('waiting', 'ready', 'broken', 'repeated', 'made')),
  -- [{column, message, severity}]
  problems jsonb not null default '[]',
  -- What will be made, for the preview: {title, excerpt, channels, when}.
  preview jsonb,
  post_id uuid,
  primary key (workspace_id, import_id, line),
  foreign key (workspace_id, import_id) references imports (workspace_id, id) on delete cascade,
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade,
  check (state not in ('repeated', 'made') or post_id is not null)
);
create index import_lines_open on import_lines (import_id, line) where state in ('waiting', 'ready');
-- A line is made into a post once, however often its file is imported and by whom.
create unique index import_lines_made on import_lines (workspace_id, line_hash) where state = 'made';
call protect_tenant('import_lines');
