import type { JsonObject, Money, Permission, Problem, Role } from "#kit";
import type { FormField, Limits, OptionField, VariantContent } from "../../../src/connectors/contract.ts";

export type { FormField, JsonObject, Limits, Money, OptionField, Permission, Problem, Role, VariantContent };

export type Page<Item> = { items: Item[]; next: string | null };

export type Workspace = {
  id: string;
  name: string;
  timeZone: string;
  separateApprover: boolean;
  graceSeconds: number;
};
export type Me = {
  user: { id: string; name: string; email: string };
  workspace: Workspace;
  role: Role;
  permissions: Permission[];
  workspaces: { id: string; name: string; role: Role }[];
};

export type Connector = {
  id: string;
  name: string;
  summary: string;
  connect: { kind: "oauth"; scopes: string[] } | { kind: "form"; fields: FormField[] };
  limits: Limits;
  options: OptionField[];
};
export type Channel = {
  id: string;
  connector: string;
  accountId: string;
  handle: string;
  displayName: string;
  avatarUrl: string | null;
  profileUrl: string | null;
  status: "connected" | "needs_reconnect" | "disconnected";
  statusReason: string | null;
  pausedAt: string | null;
  expiresAt: string | null;
  checkedAt: string | null;
  createdAt: string;
};

export type PostStatus =
  | "draft"
  | "in_review"
  | "approved"
  | "scheduled"
  | "publishing"
  | "published"
  | "partly"
  | "failed"
  | "missed"
  | "cancelled";
export type ScheduleRule = "compatible" | "earlier" | "later";
export type Schedule = { wall: string; zone: string; rule: ScheduleRule; at: string };
export type Variant = { channelId: string; content: VariantContent };
export type PostSummary = {
  id: string;
  title: string;
  status: PostStatus;
  excerpt: string;
  channels: { channelId: string; connector: string; handle: string }[];
  scheduled: Schedule | null;
  version: number;
  author: { name: string; kind: "person" | "agent" };
  createdAt: string;
  updatedAt: string;
};
export type Source = { kind: string; url: string | null; title: string | null; excerpt: string | null };
export type Approval = {
  id: string;
  version: number;
  decision: "approved" | "changes_requested";
  note: string;
  boundAt: string | null;
  decidedBy: { id: string; name: string } | null;
  decidedAt: string;
  voidedAt: string | null;
  voidedReason: string | null;
};
export type PartCheck = { length: number; limit: number; unit: string };
export type VariantCheck = {
  channelId: string;
  problems: Problem[];
  parts: PartCheck[];
  price: Money | null;
  suspicious: { path: string; index: number; codePoint: number }[];
};
/** What this person can do with the post now; a refused action says why. */
export type Allowed = { action: string; allowed: boolean; reason: string | null };
export type Post = PostSummary & {
  variants: Variant[];
  sources: Source[];
  contentHash: string;
  boundHash: string;
  approval: Approval | null;
  lastApprovedVersion: number | null;
  checks: VariantCheck[];
  allowed: Allowed[];
};
export type Version = {
  number: number;
  title: string;
  variants: Variant[];
  contentHash: string;
  author: { name: string; kind: "person" | "agent" };
  createdAt: string;
};
export type Media = {
  id: string;
  sha256: string;
  mimeType: string;
  bytes: number;
  width: number;
  height: number;
  fileName: string;
  altText: string;
  url: string;
};
export type SchedulePreview = {
  at: string;
  kind: "ordinary" | "gap" | "overlap";
  choices: { rule: ScheduleRule; at: string; label: string }[];
};

export type DeliveryState =
  | "scheduled"
  | "claimed"
  | "in_flight"
  | "confirmed"
  | "rejected"
  | "needs_reconnect"
  | "ambiguous"
  | "reconciling"
  | "needs_human"
  | "missed"
  | "cancelled";
export type Attempt = {
  item: number;
  number: number;
  state: "open" | "confirmed" | "not_sent" | "rejected" | "unauthorized" | "ambiguous" | "absent_proven";
  intentAt: string;
  settledAt: string | null;
  settledBy: "answer" | "located" | "person" | null;
  externalUrl: string | null;
  errorCode: string | null;
  errorMessage: string | null;
};
export type Delivery = {
  id: string;
  postId: string;
  channel: { id: string; connector: string; handle: string };
  state: DeliveryState;
  dueAt: string;
  wakeAt: string;
  attempts: Attempt[];
  externalUrl: string | null;
  error: { code: string; message: string } | null;
};

export type RunState = "queued" | "running" | "done" | "failed" | "cancelled";
export type Run = {
  id: string;
  state: RunState;
  steps: { number: number; name: string; state: "running" | "done" | "failed" }[];
  postId: string | null;
  sources: Source[];
  drafter: string | null;
  cost: Money | null;
  error: { code: string; message: string } | null;
};
export type UsageItem = {
  operation: string;
  provider: string;
  model: string;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cost: Money | null;
  durationMs: number;
};

export type Member = { userId: string; name: string; email: string; role: Role; createdAt: string };
export type Invitation = { id: string; email: string; role: Role; expiresAt: string; url?: string };
export type Session = {
  id: string;
  current: boolean;
  userAgent: string | null;
  ipAddress: string | null;
  createdAt: string;
  expiresAt: string;
};
