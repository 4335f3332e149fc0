-- Beside images, a post carries one video or one document.
alter table media
  add duration_ms integer check (duration_ms > 0),
  add pages integer check (pages > 0),
  add check ((mime_type like 'video/%') = (duration_ms is not null)),
  add check ((mime_type = 'application/pdf') = (pages is not null));
