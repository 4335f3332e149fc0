import type { JsonObject, Money, Problem } from "#kit";
import type { FormField } from "./form-field.ts";
import type { Located, LookedFor } from "./located.ts";
import type { ConnectorMail } from "./mail-port.ts";
import type { ItemRef, Plan, Published } from "./plan.ts";
import type { ConnectorMarkdown, ConnectorSite } from "./site-port.ts";

export type { FormField } from "./form-field.ts";
export type * from "./located.ts";
export type * from "./mail-port.ts";
export type * from "./plan.ts";
export type * from "./site-port.ts";

/**
 * The contract of a platform. A connector is pure code plus HTTP that reaches it as an argument: it
 * holds no state, no tokens and no clock, and it never retries. Delivery owns when to call what.
 *
 * A variant is published as a list of items (a post; the parts of a thread; a first comment). Each
 * item has an attempt of its own, so that a lost answer concerns one visible thing and no more.
 */
export type Connector = {
  /** Stable id, also the folder name and the value in the database: `bluesky`. */
  id: string;
  /** What people call it: "Bluesky". */
  name: string;
  /** One sentence for the page where channels are connected. */
  summary: string;
  connect: OAuthConnect | FormConnect;
  /** With `measure` and `validate`: what the platform takes, where nothing else is known of an account (`forAccount`). */
  limits: Limits;
  /** Limits that are an account's own, of its server or its plan; null where all accounts have the same. */
  accountLimits: AccountLimits | null;
  options: OptionField[];
  /**
   * Where the posts of this channel go, which an approval binds beside what they say: every field of the form and of
   * the settings that decides it, in one spelling, and nothing secret. Asks no platform.
   */
  target(context: TargetContext): Target | Promise<Target>;
  /** How long after `t_send` a commit may still become visible, for this channel. */
  settling(context: Pick<ConnectorContext, "settings" | "credentials">): Settling;
  /** The length of a text part as the platform counts it. */
  measure(text: string): number;
  /** The text of each part as it will be sent, the link put where this platform has it: what counters and previews show. Pure. */
  compose(variant: VariantContent): string[];
  /** Everything that the platform would refuse, told to the author while typing. Pure. */
  validate(variant: VariantContent, media: MediaInfo[]): Problem[];
  /** What the platform charges for this variant; null where it charges nothing. */
  price(variant: VariantContent, settings: JsonObject): Money | null;
  /** How much the platform takes, so that delivery holds back ahead of time; empty where it names no number. */
  quotas(settings: JsonObject): Quota[];
  /** The version of the platform's API that is spoken; null where versions do not end. */
  apiVersion: ((settings: JsonObject) => ApiVersion) | null;
  /**
   * Everything before the visible call: uploads, containers, rendering. Safe to repeat, whatever the
   * verdict of a failure: nothing of it is visible. Returns plain JSON, stored before anything is sent,
   * from which `commit` alone derives its bytes.
   */
  prepare(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan>;
  /** The one visible call for one item. Throws only `ConnectorFailure`. */
  commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published>;
  /** Reads the platform back to learn what became of an item; `unsupported` where nothing can be read (or not on this channel). */
  locate: "unsupported" | Locate;
  /**
   * The `externalId` in the address of a published thing, where a person says "it is live"; null where it has none.
   * `by_lookup`: none can be read from it, and `commit` and `locate` ask the platform which parent its `url` leads to.
   */
  externalIdOf: ((url: string) => string | null) | "by_lookup" | null;
  /** Asks the platform who the credentials belong to: the health check of a channel. */
  probe(context: ConnectorContext): Promise<Account>;
  /** What else the connection doctor looks at, beyond `probe`, scopes and expiry; null where there is nothing. */
  inspect: ((context: ConnectorContext) => Promise<Finding[]>) | null;
};

export type TargetContext = Pick<ConnectorContext, "settings" | "credentials" | "accountId" | "site">;

/** `words`: for people, as "2 recipients (ada@example.com, ben@example.com) by smtp.example.com:587". */
export type Target = { facts: JsonObject; words: string };

/** At most `limit` posts in any `windowMs`, for one account or for all accounts under one app. */
export type Quota = {
  per: "account" | "app";
  limit: number;
  windowMs: number;
  /** The least time between two posts, where the platform minds bursts; 0 where it does not. */
  spreadMs: number;
};

/** `endsAt`: when the platform stops to answer it; null where that is not announced. */
export type ApiVersion = { name: string; endsAt: Date | null };

/** Something that the connection doctor found, with the way to mend it in plain words. */
export type Finding = { level: "error" | "warning" | "info"; code: string; problem: string; fix: string };

/** What the author wrote for one channel. `parts` holds one text, or several for a thread. */
export type VariantContent = {
  parts: string[];
  link: string | null;
  media: { mediaId: string; altText: string }[];
  firstComment: string | null;
  /** Values of the connector's own `options`, by key. */
  options: JsonObject;
};

export type MediaInfo = {
  mediaId: string;
  sha256: string;
  mimeType: string;
  bytes: number;
  /** In pixels, as it is shown; 0 for a document. */
  width: number;
  height: number;
  /** How long a video plays; null for everything else. */
  durationMs: number | null;
  /** How many pages a document has; null for everything else. */
  pages: number | null;
};

export type Limits = {
  /** Longest text of one part, in `measure` units. */
  textLength: number;
  /** What one unit is, for the counter: "characters", "weighted characters", "graphemes". */
  textUnit: string;
  /** 1 where the platform has no threads. */
  maxParts: number;
  /** How many images; `mediaTypes` and `maxMediaBytes` are about images too. */
  maxMedia: number;
  maxMediaBytes: number;
  mediaTypes: string[];
  /** One video, alone in its post; null where the platform takes none. */
  video: VideoLimits | null;
  /** One document (PDF), alone in its post; null where the platform takes none. */
  document: DocumentLimits | null;
  /** 0 where the platform has no place for descriptions: none is asked for. */
  altTextLength: number;
  firstComment: boolean;
};

/**
 * Limits that come with an account and not with the platform. They are read when a channel is connected, by a sweep once
 * a day and while posts are prepared, and kept with the channel; everything that tells or checks limits goes by them.
 */
export type AccountLimits = {
  /** Asks the platform. The answer is kept as it is, so it is small and in bounds, whatever the platform said. */
  read(context: ConnectorContext): Promise<JsonObject>;
  /** The rules where these limits hold; what is not understood, of an older Galley, counts as not known. Pure. */
  rules(known: JsonObject): AccountRules;
};

export type AccountRules = Pick<Connector, "limits" | "measure" | "validate">;

/** `describes`: it has a place for the description of a video, as for that of an image. */
export type VideoLimits = { mediaTypes: string[]; maxBytes: number; maxMs: number; describes: boolean };

export type DocumentLimits = { mediaTypes: string[]; maxBytes: number; maxPages: number };

/** A field of the composer that only this platform has, as the subject line of a mail. */
export type OptionField = {
  key: string;
  label: string;
  kind: "text" | "choice";
  choices: string[];
  required: boolean;
  maxLength: number;
  help: string;
};

/**
 * Time that must pass after `t_send` before absence from a listing proves anything:
 * W > client deadline + the server's commit delay + the listing's lag.
 */
export type Settling = {
  /** How long one `commit` may take. */
  deadlineMs: number;
  windowMs: number;
  /** The same for a post with files, where lists show those later than others; no less than `windowMs`. */
  mediaWindowMs?: number;
  /** Galley runs this platform itself (sandbox, mail catcher): its window is known, so the configured minimum does not apply. */
  builtIn?: boolean;
};

/** Tokens and secrets of a channel, decrypted for one call and held nowhere. */
export type Credentials = JsonObject;

export type ConnectorContext = {
  http: ConnectorHttp;
  mail: ConnectorMail;
  /** Galley's own public pages, of the channel's workspace; undefined where none are served. */
  site?: ConnectorSite;
  /** Makes HTML and plain text of Markdown; undefined where nothing is rendered. */
  markdown?: ConnectorMarkdown;
  credentials: Credentials;
  /** What the platform calls the account: a DID, a user id, a mail address. */
  accountId: string;
  /** What the person granted. */
  scopes: readonly string[];
  /** What is known of the account's own limits, and where news of them go; undefined where nobody keeps any. */
  accountLimits?: { known: JsonObject | null; note(seen: JsonObject): Promise<void> };
  /** Base addresses, versions, and the id and secret of the registered app, for this connector. */
  settings: JsonObject;
  signal: AbortSignal;
};

/** HTTP as delivery hands it out: every request on a socket of its own, through the egress rules, never retried. */
export type ConnectorHttp = {
  request(request: ConnectorRequest): Promise<ConnectorResponse>;
};

export type ConnectorRequest = {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

export type ConnectorResponse = {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
};

export type DeliveryInput = {
  deliveryId: string;
  variant: VariantContent;
  media: MediaFile[];
  /** When the first item was meant to be sent; fixed for all attempts, so that derived ids and dates are stable. */
  dueAt: Date;
};

export type MediaFile = MediaInfo & {
  altText: string;
  /** All bytes, for images: a video does not fit into memory, take `chunks`. */
  read(): Promise<Uint8Array>;
  /**
   * The bytes in order, in pieces of exactly `size` bytes but for the last one. Throws before the last
   * piece where the file is not the approved one, so an upload must not be finished before the end.
   */
  chunks(size: number): AsyncIterable<Uint8Array>;
  /**
   * Where a platform fetches these very bytes without signing in, for the next week. With `as=jpeg` added to
   * the query, the same picture as a JPEG, for platforms that take nothing else.
   */
  publicUrl: string;
};

export type Locate = (
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  since: LookedFor,
) => Promise<Located | "unsupported">;

export type Account = {
  accountId: string;
  /** "@ada.example" or "Ada Lovelace". */
  handle: string;
  displayName: string;
  avatarUrl: string | null;
  profileUrl: string | null;
};

/** Connected by a consent page of the platform (OAuth 2 with PKCE, RFC 7636). */
export type OAuthConnect = {
  kind: "oauth";
  /** What a team registers with the platform once; its values become `settings`. Null where nothing is. */
  app: AppRegistration | null;
  /** What is asked of the person before the consent page, as the address of their server; null where nothing is. */
  before: BeforeConsent | null;
  /** Without one of these the channel is of no use: connecting fails and says which is missing. */
  scopes: string[];
  /** Asked for as well; without one the channel works, less what it enables. `neededBy`: where a variant needs it. */
  optionalScopes: { scope: string; enables: string; neededBy?: (variant: VariantContent) => string | null }[];
  authorizeUrl(settings: JsonObject, request: AuthorizeRequest): string;
  exchange(context: ConnectorContext, grant: OAuthGrant): Promise<TokenSet>;
  /**
   * Everything that this consent opened, as Pages and organizations, of which the person picks; each with
   * credentials of its own. Null: the one account that `probe` names.
   */
  accounts: ((context: ConnectorContext, tokens: TokenSet) => Promise<OpenedAccount[]>) | null;
  /** Null where only the person can renew the access. */
  refresh: ((context: ConnectorContext) => Promise<TokenSet>) | null;
  /** Null where the platform has no way to withdraw a token. */
  revoke: ((context: ConnectorContext) => Promise<void>) | null;
};

/** The fields of an app at the platform's developer pages (`consoleUrl`): client id, secret, … */
export type AppRegistration = { consoleUrl: string; fields: FormField[] };

export type BeforeConsent = {
  fields: FormField[];
  /** Makes ready what the flow needs, as an app on the person's own server; kept, sealed, until it ends. */
  register(context: ConnectorContext, form: Record<string, string>, redirectUri: string): Promise<JsonObject>;
};

export type AuthorizeRequest = {
  redirectUri: string;
  state: string;
  codeChallenge: string;
  scopes: string[];
  /** What `before.register` returned; empty without it. */
  registration: JsonObject;
  /** False when no person looks at a page (the command line): `prompt=none` where the platform has it. */
  interactive: boolean;
};

export type OAuthGrant = {
  code: string;
  redirectUri: string;
  codeVerifier: string;
  registration: JsonObject;
};

export type TokenSet = {
  credentials: Credentials;
  scopes: string[];
  /** When the access token ends; null where it does not. */
  expiresAt: Date | null;
  /** When a person must connect again, however often the token is renewed; null where that is not so. */
  endsAt: Date | null;
};

/** One of the accounts that a consent opened. */
export type OpenedAccount = TokenSet & {
  account: Account;
  /** What people call it there: "Profile", "Organization", "Page". */
  kind: string;
  /** Why it cannot be connected, in plain words; null where it can. */
  problem: string | null;
};

/** Connected by a form: an app password, an SMTP server. */
export type FormConnect = {
  kind: "form";
  fields: FormField[];
  /** What the workspace has already, by field: connecting takes it over as it is, whatever the form says. */
  standing?: (context: ConnectorContext) => Promise<Record<string, string>>;
  /** Checks the form and turns it into credentials, speaking to the platform. Throws `ConnectorFailure`. */
  open(context: ConnectorContext, form: Record<string, string>): Promise<TokenSet & { account: Account }>;
  /** A new session from stored credentials; null where credentials do not age. */
  refresh: ((context: ConnectorContext) => Promise<TokenSet>) | null;
};
