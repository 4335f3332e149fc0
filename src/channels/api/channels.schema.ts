import { z } from "zod";
import { instant } from "#platform/wire";
import { channelStatuses } from "../model/channel.ts";

const limits = z.object({
  textLength: z.int(),
  textUnit: z.string(),
  maxParts: z.int(),
  maxMedia: z.int(),
  maxMediaBytes: z.int(),
  mediaTypes: z.array(z.string()),
  /** One video, alone in its post. */
  video: z
    .object({
      mediaTypes: z.array(z.string()),
      maxBytes: z.int(),
      maxMs: z.int(),
      describes: z.boolean().describe("Whether there is a place for the description of a video."),
    })
    .nullable(),
  /** One document, alone in its post. */
  document: z.object({ mediaTypes: z.array(z.string()), maxBytes: z.int(), maxPages: z.int() }).nullable(),
  altTextLength: z.int(),
  firstComment: z.boolean(),
});

const option = z.object({
  key: z.string(),
  label: z.string(),
  kind: z.enum(["text", "choice"]),
  choices: z.array(z.string()),
  required: z.boolean(),
  maxLength: z.int(),
  help: z.string(),
});

export const field = z.object({
  key: z.string(),
  label: z.string(),
  kind: z.enum(["text", "password", "url", "email", "number", "choice", "lines"]),
  choices: z.array(z.string()),
  required: z.boolean(),
  placeholder: z.string(),
  help: z.string(),
  /** What the form starts with: where it is filled throughout, one click connects. */
  initial: z.string(),
  /** `initial` is what the workspace has already; connecting takes it over, and it is changed where it was made. */
  fixed: z.boolean(),
});

export const missingScope = z.object({ scope: z.string(), enables: z.string() });

const connector = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  connect: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("oauth"),
      scopes: z.array(z.string()),
      /** Asked for as well; a channel works without one, less what it enables. */
      optionalScopes: z.array(missingScope),
      /** Asked of the person before the consent page, as the address of their server; null where nothing is. */
      before: z.object({ fields: z.array(field) }).nullable(),
      /** The exact address to register with the platform. */
      redirectUri: z.string(),
    }),
    z.object({ kind: z.literal("form"), fields: z.array(field) }),
  ]),
  limits,
  options: z.array(option),
  /** Whether Galley can look there for what it published; where not, a person is asked about a lost answer. */
  readsBack: z.boolean(),
});

export const connectorList = z.object({ items: z.array(connector) });

export const channel = z.object({
  id: z.uuid(),
  connector: z.string(),
  accountId: z.string(),
  handle: z.string(),
  displayName: z.string(),
  avatarUrl: z.string().nullable(),
  profileUrl: z.string().nullable(),
  status: z.enum(channelStatuses),
  statusReason: z.string().nullable(),
  pausedAt: instant.nullable(),
  scopes: z.array(z.string()),
  /** Not granted although needed: connect again and allow all of it. */
  missingScopes: z.array(z.string()),
  /** Not granted, and what this channel cannot do without it. */
  missingOptional: z.array(missingScope),
  expiresAt: instant.nullable(),
  /** When a person must connect again, however often the token is renewed. */
  endsAt: instant.nullable(),
  checkedAt: instant.nullable(),
  createdAt: instant,
  limits: limits
    .nullable()
    .describe(
      "What can be said here: the platform's limits, or those of the account's own server or plan. Null where there is no such connector any more.",
    ),
});

export const channelList = z.object({ items: z.array(channel) });

const connectorId = z.string().min(1).max(50);

export const connectBody = z.object({
  connector: connectorId,
  form: z.record(z.string().max(100), z.string().max(50_000)),
});

export const authorizeBody = z.object({
  connector: connectorId,
  interactive: z.boolean().default(true),
  returnTo: z.string().max(2000).nullable().default(null),
  /** Values of `before.fields`, by key. */
  form: z.record(z.string().max(100), z.string().max(50_000)).default({}),
  /** The channel to connect again; signing in there as somebody else is refused. */
  channelId: z.uuid().nullable().default(null),
  /** Without the optional scopes, for an app that does not offer them. */
  onlyNeeded: z.boolean().default(false),
});

export const pending = z.object({
  id: z.uuid(),
  connector: z.string(),
  expiresAt: instant,
  channelId: z.uuid().nullable(),
  accounts: z.array(
    z.object({
      accountId: z.string(),
      handle: z.string(),
      displayName: z.string(),
      avatarUrl: z.string().nullable(),
      profileUrl: z.string().nullable(),
      /** What people call it there: "Page". Empty where there is one kind only. */
      kind: z.string(),
      /** Why it cannot be connected; null where it can. */
      problem: z.string().nullable(),
      /** The channel that it has already. */
      channel: z.object({ id: z.uuid(), status: z.enum(channelStatuses) }).nullable(),
    }),
  ),
  missingOptional: z.array(missingScope),
});

export const pickBody = z.object({ accountIds: z.array(z.string().min(1).max(500)).min(1).max(200) });

export const authorized = z.object({ authorizeUrl: z.string() });

export const callbackParams = z.object({ connector: connectorId });

/** Platforms add parameters of their own, which are let by. */
export const callbackQuery = z.looseObject({
  code: z.string().max(8000).optional(),
  state: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(4000).optional(),
});

export const checked = z.object({
  channel,
  healthy: z.boolean(),
  cause: z.string().nullable(),
  fix: z.string().nullable(),
  missingScopes: z.array(z.string()),
  missingOptional: z.array(missingScope),
});

export const disconnected = z.object({ revoked: z.boolean().nullable(), message: z.string() });
