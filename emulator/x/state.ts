import { createHash, randomBytes } from "node:crypto";
import type { PlatformDeps } from "../rules.ts";
import { createShelf, type Shelf } from "../shelf.ts";
import { createRateLimits, type RateLimits } from "./rate-limits.ts";

/** The one app that is registered. */
export type XApp = { clientId: string; clientSecret: string };

export type XAccount = { id: string; username: string; name: string; protected: boolean };

/** Times are milliseconds since the epoch. */
export type XPost = {
  id: string;
  accountId: string;
  /** As it was sent. */
  text: string;
  /** As it is kept: addresses behind t.co, a link for the media at the end; not yet escaped. */
  stored: string;
  urls: { url: string; expanded: string; mediaKey: string | null }[];
  mediaIds: string[];
  inReplyTo: string | null;
  replySettings: string;
  madeWithAi: boolean;
  paidPartnership: boolean;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
  byHand?: true;
};

export type XMedia = {
  id: string;
  accountId: string;
  category: string;
  mimeType: string;
  chunks: Map<number, Buffer>;
  totalBytes: number;
  bytes: Buffer | null;
  altText: string;
  /** When its processing is done; null before `finalize`. */
  readyAt: number | null;
  failed: boolean;
};

type Code = {
  accountId: string;
  clientId: string;
  redirectUri: string;
  challenge: string;
  scopes: string[];
  expiresAt: number;
};

export type Grant = {
  /** All tokens of one consent; reuse of a spent one revokes them together. */
  family: string;
  accountId: string;
  clientId: string;
  scopes: string[];
  accessHash: string;
  accessExpiresAt: number;
  refreshHash: string | null;
};

/** What tests and people switch: `PUT /control/x` takes any of these. */
export type Switches = {
  /** What the person leaves out of the consent; empty where they allow everything. */
  withheldScopes: string[];
  accessTokenSeconds: number;
  /** False: the very same text may stand twice, as X itself never allows. */
  refusesDuplicates: boolean;
  /** The account's or the app's trouble, which every post meets. */
  trouble: string | null;
  /** How long GIFs and videos are processed, and whether that fails. */
  processingMs: number;
  processingFails: boolean;
  /** Posts in 15 minutes for one account, posts in 24 hours for one app, other calls in 15 minutes. */
  postsPerAccount: number;
  postsPerApp: number;
  callsPerAccount: number;
};

/** Everything that X knows. */
export type XState = PlatformDeps & {
  app: XApp;
  switches: Switches;
  accounts: Map<string, XAccount>;
  codes: Map<string, Code>;
  byAccess: Map<string, Grant>;
  byRefresh: Map<string, Grant>;
  spentRefresh: Map<string, string>;
  revokedFamilies: Set<string>;
  media: Map<string, XMedia>;
  /** By account. */
  posts: Shelf<XPost>;
  limits: RateLimits;
  /** Requests to the token endpoint that ended in new tokens. */
  exchanges: number;
  newId(at: number): string;
};

// The first millisecond of X's ids, which carry the time: https://docs.x.com/resources/fundamentals/x-ids
const epoch = 1_288_834_974_657n;

export function createState(deps: PlatformDeps, app: XApp): XState {
  let sequence = 0n;
  return {
    ...deps,
    app,
    switches: {
      withheldScopes: [],
      accessTokenSeconds: 7200,
      refusesDuplicates: true,
      trouble: null,
      processingMs: 300,
      processingFails: false,
      postsPerAccount: 100,
      postsPerApp: 10_000,
      callsPerAccount: 900,
    },
    accounts: new Map(),
    codes: new Map(),
    byAccess: new Map(),
    byRefresh: new Map(),
    spentRefresh: new Map(),
    revokedFamilies: new Set(),
    media: new Map(),
    posts: createShelf(
      ({ id }) => [id],
      ({ accountId }) => [accountId],
    ),
    limits: createRateLimits(deps.now),
    exchanges: 0,
    newId(at) {
      sequence = (sequence + 1n) % (1n << 22n);
      return String(((BigInt(Math.trunc(at)) - epoch) << 22n) | sequence);
    },
  };
}

/** Opens the account where it is new. */
export function accountFor(state: XState, username: string): XAccount {
  const existing = [...state.accounts.values()].find(
    (account) => account.username.toLowerCase() === username.toLowerCase(),
  );
  if (existing) return existing;
  const account = {
    id: String(1_500_000_000_000_000_000n + BigInt(state.accounts.size)),
    username,
    name: username.charAt(0).toUpperCase() + username.slice(1).replaceAll("_", " "),
    protected: false,
  };
  state.accounts.set(account.id, account);
  return account;
}

/** A secret for a client to keep; the state holds only its hash. */
export function newSecret(): string {
  return randomBytes(48).toString("base64url");
}

export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
