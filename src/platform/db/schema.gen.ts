// Written by scripts/generate-schema.ts from a migrated database; do not edit.
import type { JsonValue } from "#kit";
import type { ColumnType } from "kysely";

type Instant = ColumnType<Date, Date | string, Date | string>;
/** Written as JSON text. */
type Json = ColumnType<JsonValue, string, string>;
type Decimal = ColumnType<string, string | number, string | number>;
type Bytes = ColumnType<Buffer, Uint8Array, Uint8Array>;
/** The database fills it in when it is left out. */
type Filled<T> =
  T extends ColumnType<infer Read, infer Insert, infer Update>
    ? ColumnType<Read, Insert | undefined, Update>
    : ColumnType<T, T | undefined, T>;
type Nullable<T> =
  T extends ColumnType<infer Read, infer Insert, infer Update>
    ? ColumnType<Read | null, Insert | null, Update | null>
    : T | null;

export type AccountsTable = {
  id: string;
  user_id: string;
  provider_id: string;
  account_id: string;
  access_token: Nullable<string>;
  refresh_token: Nullable<string>;
  id_token: Nullable<string>;
  access_token_expires_at: Nullable<Instant>;
  refresh_token_expires_at: Nullable<Instant>;
  scope: Nullable<string>;
  password: Nullable<string>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
};

export type ApprovalsTable = {
  workspace_id: string;
  id: string;
  post_id: string;
  version: number;
  bound_hash: string;
  bound_at: Nullable<Instant>;
  decision: "approved" | "changes_requested";
  note: Filled<string>;
  decided_by: Nullable<string>;
  decided_at: Filled<Instant>;
  voided_at: Nullable<Instant>;
  voided_reason: Nullable<string>;
  series_approval_id: Nullable<string>;
  undo_until: Nullable<Instant>;
  taken_back: Filled<boolean>;
  targets: Filled<Json>;
};

export type AuditEventsTable = {
  workspace_id: string;
  id: string;
  actor_id: Nullable<string>;
  actor_kind: "person" | "agent" | "system";
  action: string;
  target_kind: Nullable<string>;
  target_id: Nullable<string>;
  details: Filled<Json>;
  request_id: Nullable<string>;
  created_at: Filled<Instant>;
};

export type ChannelsTable = {
  workspace_id: string;
  id: string;
  connector: string;
  account_id: string;
  handle: string;
  display_name: string;
  avatar_url: Nullable<string>;
  profile_url: Nullable<string>;
  status: Filled<"connected" | "needs_reconnect" | "disconnected">;
  status_reason: Nullable<string>;
  paused_at: Nullable<Instant>;
  credentials: Nullable<Bytes>;
  credentials_at: Nullable<Instant>;
  scopes: Filled<string[]>;
  expires_at: Nullable<Instant>;
  refresh_id: Nullable<string>;
  refresh_until: Nullable<Instant>;
  checked_at: Nullable<Instant>;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  ends_at: Nullable<Instant>;
  app_id: Nullable<string>;
  app_identity: Nullable<string>;
  target_hash: Nullable<string>;
  target_words: Nullable<string>;
  target_changed_at: Nullable<Instant>;
  account_limits: Nullable<Json>;
  account_limits_at: Nullable<Instant>;
};

export type ClockStepsTable = {
  id: Filled<number>;
  noticed_at: Filled<Instant>;
  by_ms: number;
};

export type DeliveriesTable = {
  workspace_id: string;
  id: string;
  post_id: string;
  channel_id: string;
  connector: string;
  content: Json;
  content_hash: string;
  approval_id: string;
  approved_by: string;
  approval_binding: Json;
  approval_hash: string;
  due_at: Instant;
  grace_seconds: number;
  late_after: Instant;
  state: Filled<"scheduled" | "claimed" | "in_flight" | "confirmed" | "rejected" | "needs_reconnect" | "ambiguous" | "reconciling" | "needs_human" | "missed" | "cancelled" | "partly" | "skipped">;
  wake_at: Instant;
  fence: Filled<number>;
  lease_until: Nullable<Instant>;
  plan: Nullable<Json>;
  item_hashes: Nullable<string[]>;
  item_count: Nullable<number>;
  tries: Filled<number>;
  error_code: Nullable<string>;
  error_message: Nullable<string>;
  external_url: Nullable<string>;
  finished_at: Nullable<Instant>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  slow_to_prepare: Filled<boolean>;
  claimed_by: Nullable<string>;
  not_before: Nullable<Instant>;
  target_hash: Nullable<string>;
  look_since: Nullable<Instant>;
  watched_by: Filled<string[]>;
};

export type DeliveryAttemptsTable = {
  workspace_id: string;
  id: string;
  delivery_id: string;
  item: number;
  number: number;
  kind: "post" | "reply" | "comment";
  channel_id: string;
  fence: number;
  payload_hash: string;
  intent_at: Filled<Instant>;
  deadline_at: Instant;
  window_ms: number;
  state: Filled<"open" | "confirmed" | "partly" | "not_sent" | "rejected" | "unauthorized" | "ambiguous" | "absent_proven">;
  external_id: Nullable<string>;
  external_url: Nullable<string>;
  external_data: Nullable<Json>;
  external_created_at: Nullable<Instant>;
  settled_by: Nullable<"answer" | "located" | "person">;
  settled_by_user: Nullable<string>;
  settled_fence: Nullable<number>;
  settled_at: Nullable<Instant>;
  looks: Filled<number>;
  looked_at: Nullable<Instant>;
  covers_from: Nullable<Instant>;
  error_code: Nullable<string>;
  error_message: Nullable<string>;
  evidence: Nullable<string>;
  refused: Filled<Json>;
  deferred: Filled<Json>;
  doubt: Nullable<Json>;
  connector: string;
  account_id: string;
  duplicate_of: Nullable<string>;
  clock_step_ms: Filled<number>;
  first_window_ms: Nullable<number>;
  after_loss: Filled<boolean>;
};

export type DeliveryHoldsTable = {
  connector: string;
  account_id: string;
  until: Instant;
  since: Instant;
  reason: string;
  evidence: Nullable<string>;
};

export type DeliveryLaterLooksTable = {
  workspace_id: string;
  delivery_id: string;
  item: number;
  number: number;
  turn: number;
  due_at: Instant;
  tries: Filled<number>;
  lease_until: Nullable<Instant>;
  looked_at: Nullable<Instant>;
  done_at: Nullable<Instant>;
  outcome: Nullable<"none" | "uncovered" | "found" | "given_up" | "unsupported">;
};

export type DeliveryPreparationsTable = {
  workspace_id: string;
  delivery_id: string;
  due_at: Instant;
  app: string;
  fence: Filled<number>;
  lease_until: Nullable<Instant>;
  tries: Filled<number>;
  try_after: Filled<Instant>;
  plan: Nullable<Json>;
  prepared_at: Nullable<Instant>;
};

export type DeliverySecondCopiesTable = {
  workspace_id: string;
  id: string;
  delivery_id: string;
  item: number;
  channel_id: string;
  external_id: string;
  external_url: Nullable<string>;
  external_created_at: Instant;
  found_at: Filled<Instant>;
  acknowledged_at: Nullable<Instant>;
  acknowledged_by: Nullable<string>;
};

export type DeliveryWindowsTable = {
  workspace_id: string;
  channel_id: string;
  visible_after_ms: number;
  seen_at: Filled<Instant>;
};

export type EventCursorsTable = {
  subscriber: string;
  workspace_id: string;
  handled_sequence: number;
  tries: Filled<number>;
  next_at: Nullable<Instant>;
  error: Nullable<string>;
};

export type EventFailuresTable = {
  subscriber: string;
  workspace_id: string;
  sequence: number;
  tries: Filled<number>;
  next_at: Instant;
  error: string;
};

export type EventHeadsTable = {
  workspace_id: string;
  sequence: Filled<number>;
  settled_sequence: Filled<number>;
};

export type EventSubscribersTable = {
  name: string;
  kinds: Nullable<string[]>;
  since_position: number;
  seen_at: Filled<Instant>;
};

export type EventsTable = {
  position: Filled<number>;
  id: string;
  workspace_id: string;
  sequence: Nullable<number>;
  kind: string;
  audited: boolean;
  actor_kind: "person" | "agent" | "machine" | "system";
  actor_id: Nullable<string>;
  target_kind: Nullable<string>;
  target_id: Nullable<string>;
  data: Json;
  request_id: Nullable<string>;
  at: Filled<Instant>;
};

export type ExpiryWarningsTable = {
  workspace_id: string;
  id: string;
  connector: string;
  subject: "access" | "consent" | "secret" | "api_version";
  subject_key: string;
  channel_id: Nullable<string>;
  ends_at: Instant;
  days: number;
  created_at: Filled<Instant>;
  dismissed_at: Nullable<Instant>;
};

export type IdempotencyKeysTable = {
  workspace_id: string;
  user_id: string;
  key: string;
  route: string;
  request_hash: string;
  status: Nullable<number>;
  response: Nullable<Json>;
  locked_until: Instant;
  created_at: Filled<Instant>;
};

export type ImportLinesTable = {
  workspace_id: string;
  import_id: string;
  line: number;
  line_hash: string;
  cells: Nullable<Json>;
  state: Filled<"waiting" | "ready" | "broken" | "repeated" | "made">;
  problems: Filled<Json>;
  preview: Nullable<Json>;
  post_id: Nullable<string>;
};

export type ImportsTable = {
  workspace_id: string;
  id: string;
  file_name: string;
  sha256: string;
  zone: string;
  state: Filled<"checking" | "checked" | "importing" | "done" | "failed">;
  notice: Nullable<string>;
  lines: number;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
};

export type InstallationTable = {
  id: Filled<boolean>;
  epoch: Filled<string>;
  beat: Filled<number>;
  beat_at: Filled<Instant>;
  quarantined_at: Nullable<Instant>;
  quarantine_reason: Nullable<string>;
  unknown_since: Nullable<Instant>;
  server: Nullable<string>;
  timeline: Nullable<string>;
  may_run_twice: Filled<boolean>;
};

export type InstallationAdminsTable = {
  user_id: string;
  added_by: Nullable<string>;
  created_at: Filled<Instant>;
};

export type InstallationEventsTable = {
  id: string;
  actor_id: Nullable<string>;
  actor_kind: "person" | "machine" | "system";
  action: string;
  target_kind: Nullable<string>;
  target_id: Nullable<string>;
  details: Filled<Json>;
  request_id: Nullable<string>;
  created_at: Filled<Instant>;
};

export type InvitationsTable = {
  workspace_id: string;
  id: string;
  email: string;
  role: "admin" | "editor" | "approver" | "viewer";
  token_hash: string;
  invited_by: Nullable<string>;
  expires_at: Instant;
  accepted_at: Nullable<Instant>;
  created_at: Filled<Instant>;
  link_proves: Filled<boolean>;
  mailed_token_hash: Nullable<string>;
};

export type KnownDevicesTable = {
  id: string;
  user_id: string;
  token_hash: string;
  user_agent: string;
  created_at: Instant;
  used_at: Instant;
};

export type LeasesTable = {
  workspace_id: string;
  kind: string;
  subject: string;
  fence: number;
  until: Instant;
};

export type LostTimesTable = {
  id: Filled<number>;
  since: Instant;
  until: Instant;
};

export type MediaTable = {
  workspace_id: string;
  id: string;
  sha256: string;
  mime_type: string;
  bytes: number;
  width: number;
  height: number;
  file_name: string;
  alt_text: Filled<string>;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
  duration_ms: Nullable<number>;
  pages: Nullable<number>;
};

export type MediaRenditionsTable = {
  workspace_id: string;
  sha256: string;
  width: number;
  rendition_sha256: string;
  mime_type: string;
};

export type MembersTable = {
  workspace_id: string;
  user_id: string;
  role: "owner" | "admin" | "editor" | "approver" | "viewer";
  created_at: Filled<Instant>;
};

export type NotificationsTable = {
  workspace_id: string;
  id: string;
  user_id: string;
  kind: "needs_human" | "needs_reconnect" | "missed" | "rejected" | "partly" | "expiry" | "second_copy";
  delivery_id: Nullable<string>;
  warning_id: Nullable<string>;
  created_at: Filled<Instant>;
  mailed_at: Nullable<Instant>;
  copy_id: Nullable<string>;
};

export type OauthStatesTable = {
  workspace_id: string;
  state_hash: string;
  connector: string;
  session_id: string;
  code_verifier: Bytes;
  redirect_uri: string;
  scopes: string[];
  return_to: Nullable<string>;
  expires_at: Instant;
  used_at: Nullable<Instant>;
  registration: Nullable<Bytes>;
  channel_id: Nullable<string>;
  optional_scopes: Filled<string[]>;
  app_id: Nullable<string>;
  app_identity: Nullable<string>;
};

export type PasswordResetsTable = {
  id: string;
  user_id: string;
  token_hash: Nullable<string>;
  created_at: Instant;
  expires_at: Instant;
  used_at: Nullable<Instant>;
};

export type PasswordTriesTable = {
  user_id: string;
  place: string;
  failed: number;
  locked_until: Nullable<Instant>;
  tried_at: Instant;
};

export type PendingConnectionsTable = {
  workspace_id: string;
  id: string;
  connector: string;
  session_id: string;
  opened: Bytes;
  channel_id: Nullable<string>;
  expires_at: Instant;
  app_id: Nullable<string>;
  app_identity: Nullable<string>;
};

export type PlatformAppsTable = {
  workspace_id: string;
  id: string;
  connector: string;
  identity: string;
  sealed_values: Bytes;
  secret_ends_at: Nullable<Instant>;
  retired_at: Nullable<Instant>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  open_values: Filled<Json>;
};

export type PostFingerprintsTable = {
  workspace_id: string;
  post_id: string;
  channel_id: string;
  fingerprint: string;
};

export type PostSearchTable = {
  workspace_id: string;
  post_id: string;
  words: string;
  keys: Filled<string[]>;
};

export type PostVersionsTable = {
  workspace_id: string;
  post_id: string;
  number: number;
  title: string;
  variants: Json;
  content_hash: string;
  media_ids: Filled<string[]>;
  created_by: Nullable<string>;
  author_kind: Filled<"person" | "agent">;
  run_id: Nullable<string>;
  created_at: Filled<Instant>;
  autosaved: Filled<boolean>;
};

export type PostsTable = {
  workspace_id: string;
  id: string;
  title: string;
  status: Filled<"draft" | "in_review" | "approved" | "scheduled" | "publishing" | "waiting_for_channel" | "published" | "partly" | "failed" | "missed" | "cancelled">;
  version: Filled<number>;
  content_hash: string;
  excerpt: Filled<string>;
  channel_ids: Filled<string[]>;
  scheduled_wall: Nullable<string>;
  scheduled_zone: Nullable<string>;
  scheduled_rule: Nullable<"compatible" | "earlier" | "later">;
  scheduled_at: Nullable<Instant>;
  sources: Filled<Json>;
  created_by: Nullable<string>;
  author_kind: Filled<"person" | "agent">;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  deleted_at: Nullable<Instant>;
  kind: Filled<"post" | "template">;
};

export type QueueEntriesTable = {
  workspace_id: string;
  channel_id: string;
  slot_at: Instant;
  post_id: string;
  created_at: Filled<Instant>;
};

export type QueueSlotsTable = {
  workspace_id: string;
  id: string;
  channel_id: string;
  weekday: number;
  wall: string;
  zone: Nullable<string>;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
};

export type RunStepsTable = {
  workspace_id: string;
  run_id: string;
  number: number;
  name: string;
  label: string;
  state: "running" | "done" | "failed";
  output: Nullable<Json>;
  notice: Nullable<string>;
  started_at: Filled<Instant>;
  finished_at: Nullable<Instant>;
};

export type RunsTable = {
  workspace_id: string;
  id: string;
  state: Filled<"queued" | "running" | "done" | "failed" | "cancelled">;
  input: Json;
  drafter: Nullable<string>;
  sources: Filled<Json>;
  post_id: Nullable<string>;
  error_code: Nullable<string>;
  error_message: Nullable<string>;
  created_by: Nullable<string>;
  executions: Filled<number>;
  created_at: Filled<Instant>;
  finished_at: Nullable<Instant>;
};

export type SecurityEventsTable = {
  id: string;
  event: string;
  workspace_id: Nullable<string>;
  user_id: Nullable<string>;
  address: Nullable<string>;
  request_id: Nullable<string>;
  details: Filled<Json>;
  times: Filled<number>;
  created_at: Filled<Instant>;
};

export type SeriesTable = {
  workspace_id: string;
  id: string;
  template_id: string;
  rule: Json;
  ahead: number;
  state: Filled<"active" | "paused" | "ended">;
  editors: Filled<string[]>;
  materialized_until: string;
  next_run_at: Instant;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  deleted_at: Nullable<Instant>;
};

export type SeriesApprovalsTable = {
  workspace_id: string;
  id: string;
  series_id: string;
  template_version: number;
  content_hash: string;
  bound_hash: string;
  note: Filled<string>;
  decided_by: Nullable<string>;
  decided_at: Filled<Instant>;
  voided_at: Nullable<Instant>;
  voided_reason: Nullable<string>;
  undo_until: Nullable<Instant>;
  taken_back: Filled<boolean>;
  editors_before: Filled<string[]>;
  targets: Filled<Json>;
};

export type SeriesOccurrencesTable = {
  workspace_id: string;
  series_id: string;
  local_date: string;
  post_id: Nullable<string>;
  follows: Filled<boolean>;
  reason: Nullable<string>;
  created_at: Filled<Instant>;
};

export type SessionsTable = {
  id: string;
  user_id: string;
  token: string;
  expires_at: Instant;
  ip_address: Nullable<string>;
  user_agent: Nullable<string>;
  aal: Filled<number>;
  mfa_at: Nullable<Instant>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
};

export type SiteEntriesTable = {
  workspace_id: string;
  id: string;
  key: string;
  slug: string;
  title: string;
  body: string;
  link: Nullable<string>;
  canonical_url: Nullable<string>;
  tags: Filled<string[]>;
  media: Filled<Json>;
  published_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  html: Nullable<string>;
  plain_text: Nullable<string>;
  language: Nullable<string>;
};

export type SitesTable = {
  workspace_id: string;
  slug: string;
  title: string;
  description: Filled<string>;
  public: Filled<boolean>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  language: Filled<string>;
};

export type TextsSetAsideTable = {
  workspace_id: string;
  id: string;
  post_id: string;
  base_version: number;
  title: string;
  variants: Json;
  media_ids: Filled<string[]>;
  created_by: Nullable<string>;
  created_at: Filled<Instant>;
};

export type UsageEventsTable = {
  workspace_id: string;
  id: string;
  user_id: Nullable<string>;
  run_id: Nullable<string>;
  operation: string;
  provider: string;
  model: string;
  input_tokens: Nullable<number>;
  output_tokens: Nullable<number>;
  cost_amount: Nullable<Decimal>;
  cost_currency: Nullable<string>;
  duration_ms: number;
  outcome: "ok" | "failed";
  error_code: Nullable<string>;
  created_at: Filled<Instant>;
};

export type UsersTable = {
  id: string;
  name: string;
  email: string;
  email_verified: Filled<boolean>;
  image: Nullable<string>;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
  language: Nullable<string>;
  browser_language: Nullable<string>;
};

export type VerificationsTable = {
  id: string;
  identifier: string;
  value: string;
  expires_at: Instant;
  created_at: Filled<Instant>;
  updated_at: Filled<Instant>;
};

export type WorkerHeartbeatsTable = {
  id: string;
  host: string;
  pid: number;
  started_at: Filled<Instant>;
  beat_at: Filled<Instant>;
  queue_id: Nullable<string>;
};

export type WorkspaceKeysTable = {
  workspace_id: string;
  version: number;
  wrapped: Bytes;
  wrapped_by: string;
  created_at: Filled<Instant>;
};

export type WorkspacesTable = {
  id: string;
  name: string;
  time_zone: string;
  separate_approver: Filled<boolean>;
  grace_seconds: number;
  created_at: Filled<Instant>;
  paused_at: Nullable<Instant>;
};

export type Schema = {
  accounts: AccountsTable;
  approvals: ApprovalsTable;
  audit_events: AuditEventsTable;
  channels: ChannelsTable;
  clock_steps: ClockStepsTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  delivery_holds: DeliveryHoldsTable;
  delivery_later_looks: DeliveryLaterLooksTable;
  delivery_preparations: DeliveryPreparationsTable;
  delivery_second_copies: DeliverySecondCopiesTable;
  delivery_windows: DeliveryWindowsTable;
  event_cursors: EventCursorsTable;
  event_failures: EventFailuresTable;
  event_heads: EventHeadsTable;
  event_subscribers: EventSubscribersTable;
  events: EventsTable;
  expiry_warnings: ExpiryWarningsTable;
  idempotency_keys: IdempotencyKeysTable;
  import_lines: ImportLinesTable;
  imports: ImportsTable;
  installation: InstallationTable;
  installation_admins: InstallationAdminsTable;
  installation_events: InstallationEventsTable;
  invitations: InvitationsTable;
  known_devices: KnownDevicesTable;
  leases: LeasesTable;
  lost_times: LostTimesTable;
  media: MediaTable;
  media_renditions: MediaRenditionsTable;
  members: MembersTable;
  notifications: NotificationsTable;
  oauth_states: OauthStatesTable;
  password_resets: PasswordResetsTable;
  password_tries: PasswordTriesTable;
  pending_connections: PendingConnectionsTable;
  platform_apps: PlatformAppsTable;
  post_fingerprints: PostFingerprintsTable;
  post_search: PostSearchTable;
  post_versions: PostVersionsTable;
  posts: PostsTable;
  queue_entries: QueueEntriesTable;
  queue_slots: QueueSlotsTable;
  run_steps: RunStepsTable;
  runs: RunsTable;
  security_events: SecurityEventsTable;
  series: SeriesTable;
  series_approvals: SeriesApprovalsTable;
  series_occurrences: SeriesOccurrencesTable;
  sessions: SessionsTable;
  site_entries: SiteEntriesTable;
  sites: SitesTable;
  texts_set_aside: TextsSetAsideTable;
  usage_events: UsageEventsTable;
  users: UsersTable;
  verifications: VerificationsTable;
  worker_heartbeats: WorkerHeartbeatsTable;
  workspace_keys: WorkspaceKeysTable;
  workspaces: WorkspacesTable;
};
