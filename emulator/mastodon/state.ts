import type { PlatformDeps } from "../rules.ts";
import { createShelf, type Shelf } from "../shelf.ts";
import type { MastodonServer } from "./instance.ts";

type App = { name: string; clientId: string; clientSecret: string; redirectUri: string; scopes: string[] };
type Code = { app: App; accountId: string; scopes: string[]; challenge: string; expiresAt: number };
export type Grant = { accountId: string; scopes: string[]; appName: string };
export type Account = { id: string; username: string };

export type MediaKind = "image" | "gifv" | "video";
export type Media = {
  id: string;
  accountId: string;
  description: string;
  readyAt: number;
  kind: MediaKind;
  /** A file belongs to one post. */
  attached: boolean;
};

/** Times are milliseconds since the epoch. */
export type Status = {
  id: string;
  accountId: string;
  text: string;
  spoilerText: string;
  visibility: string;
  language: string | null;
  mediaIds: string[];
  inReplyTo: string | null;
  createdAt: number;
  listedAt: number;
  ghost: boolean;
  byHand?: true;
  appName: string;
};

/** Everything that one server knows. */
export type MastodonState = PlatformDeps & {
  server: MastodonServer;
  apps: Map<string, App>;
  codes: Map<string, Code>;
  /** By access token. */
  grants: Map<string, Grant>;
  accounts: Map<string, Account>;
  media: Map<string, Media>;
  /** By account. */
  statuses: Shelf<Status>;
  /** Of statuses, by account and idempotency key. */
  keys: Map<string, { id: string; expiresAt: number }>;
  /** Grows with time: milliseconds in the upper bits, as Mastodon's snowflakes. */
  newId(at: number): string;
};

export function createState(deps: PlatformDeps, server: MastodonServer): MastodonState {
  let taken = 0n;
  return {
    ...deps,
    server,
    apps: new Map(),
    codes: new Map(),
    grants: new Map(),
    accounts: new Map(),
    media: new Map(),
    statuses: createShelf(
      ({ id }) => [id],
      ({ accountId }) => [accountId],
    ),
    keys: new Map(),
    newId(at) {
      taken += 1n;
      return String((BigInt(at) << 16n) + (taken & 0xffffn));
    },
  };
}
