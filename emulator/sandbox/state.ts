import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Fault } from "../faults.ts";
import type { DurableLog } from "../log.ts";
import { openLog } from "../log.ts";
import type { RequestLog } from "../requests.ts";
import { rememberRequests } from "../requests.ts";
import type { PlatformDeps } from "../rules.ts";

export type SandboxAccount = { id: string; handle: string; name: string };

export type SandboxMedia = { id: string; accountId: string; mimeType: string; file: string; altText: string };

/** Times are milliseconds since the epoch. */
export type SandboxPost = {
  id: string;
  accountId: string;
  kind: "post" | "reply" | "comment";
  text: string;
  media: string[];
  inReplyTo: string | null;
  /** When people can see it; in the future for a late commit. */
  createdAt: number;
  /** When the listing of the author's own posts holds it. */
  listedAt: number;
  /** The platform's own second copy, which no request asked for. */
  ghost?: true;
};

type AuthorizationCode = {
  hash: string;
  accountId: string;
  clientId: string;
  redirectUri: string;
  challenge: string;
  scopes: string[];
  expiresAt: number;
};

export type Grant = {
  /** All tokens that descend from one consent; reuse of a spent one revokes them together. */
  family: string;
  accountId: string;
  clientId: string;
  scopes: string[];
  accessHash: string;
  accessExpiresAt: number;
  refreshHash: string;
  refreshExpiresAt: number;
};

type SandboxEvent =
  | { type: "account"; account: SandboxAccount }
  | { type: "code"; code: AuthorizationCode }
  | { type: "code_used"; hash: string }
  | { type: "grant"; grant: Grant; replaces: string | null }
  | { type: "expired"; at: number }
  | { type: "revoked"; family: string | null }
  | { type: "media"; media: SandboxMedia }
  | { type: "post"; post: SandboxPost }
  | { type: "faults"; faults: Fault[] };

/** What it is started with. */
export type SandboxSettings = PlatformDeps & {
  /** The path of its public address; empty where it has none. */
  basePath: string;
  mediaDirectory: string;
  /** Origins, besides loopback, that a redirect may go to. */
  redirectOrigins: string[];
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
};

/** Everything the platform knows; each change is on disk before it is in memory. */
export type SandboxState = SandboxSettings & {
  accounts: Map<string, SandboxAccount>;
  codes: Map<string, AuthorizationCode & { used: boolean }>;
  grantsByAccess: Map<string, Grant>;
  grantsByRefresh: Map<string, Grant>;
  spentRefresh: Map<string, string>;
  revokedFamilies: Set<string>;
  media: Map<string, SandboxMedia>;
  posts: Map<string, SandboxPost>;
  /** Oldest first by `createdAt`. */
  timeline: SandboxPost[];
  byAccount: Map<string, SandboxPost[]>;
  replies: Map<string, SandboxPost[]>;
  faults: Fault[];
  requests: RequestLog;
  record(event: SandboxEvent): void;
  close(): void;
};

export function openState(directory: string, settings: SandboxSettings): SandboxState {
  const state: SandboxState = {
    ...settings,
    accounts: new Map(),
    codes: new Map(),
    grantsByAccess: new Map(),
    grantsByRefresh: new Map(),
    spentRefresh: new Map(),
    revokedFamilies: new Set(),
    media: new Map(),
    posts: new Map(),
    timeline: [],
    byAccount: new Map(),
    replies: new Map(),
    faults: [],
    requests: rememberRequests(settings.now),
    record(event) {
      log.append(event);
      apply(state, event);
    },
    close() {
      log.close();
    },
  };
  const log: DurableLog<SandboxEvent> = openLog(join(directory, "state.jsonl"), (event: SandboxEvent) =>
    apply(state, event),
  );
  return state;
}

function apply(state: SandboxState, event: SandboxEvent): void {
  switch (event.type) {
    case "account":
      state.accounts.set(event.account.id, event.account);
      return;
    case "code":
      state.codes.set(event.code.hash, { ...event.code, used: false });
      return;
    case "code_used": {
      const code = state.codes.get(event.hash);
      if (code) code.used = true;
      return;
    }
    case "grant":
      applyGrant(state, event.grant, event.replaces);
      return;
    case "expired":
      for (const grant of state.grantsByAccess.values()) grant.accessExpiresAt = event.at;
      return;
    case "revoked":
      for (const grant of state.grantsByAccess.values()) {
        if (event.family === null || grant.family === event.family) state.revokedFamilies.add(grant.family);
      }
      return;
    case "media":
      state.media.set(event.media.id, event.media);
      return;
    case "post":
      applyPost(state, event.post);
      return;
    case "faults":
      state.faults = event.faults;
      return;
  }
}

function applyGrant(state: SandboxState, grant: Grant, replaces: string | null): void {
  state.grantsByAccess.set(grant.accessHash, grant);
  state.grantsByRefresh.set(grant.refreshHash, grant);
  if (replaces === null) return;
  const old = state.grantsByRefresh.get(replaces);
  state.grantsByRefresh.delete(replaces);
  state.spentRefresh.set(replaces, grant.family);
  if (old) state.grantsByAccess.delete(old.accessHash);
}

function applyPost(state: SandboxState, post: SandboxPost): void {
  state.posts.set(post.id, post);
  insertByTime(state.timeline, post);
  insertByTime(bucket(state.byAccount, post.accountId), post);
  if (post.inReplyTo !== null) insertByTime(bucket(state.replies, post.inReplyTo), post);
}

function bucket(map: Map<string, SandboxPost[]>, key: string): SandboxPost[] {
  const existing = map.get(key);
  if (existing) return existing;
  const created: SandboxPost[] = [];
  map.set(key, created);
  return created;
}

// Almost always an append; only a late commit has later posts pass it.
function insertByTime(list: SandboxPost[], post: SandboxPost): void {
  let index = list.length;
  while (index > 0 && (list[index - 1]?.createdAt ?? 0) > post.createdAt) index -= 1;
  list.splice(index, 0, post);
}

/** A secret for a client to keep; the state holds only its hash. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
