import { z } from "zod";
import { instant } from "#platform/wire";
import { channel, field, missingScope } from "./channels.schema.ts";

/** Where the app's values come from, and how much of them may be seen. */
export const app = z.object({
  source: z.enum(["workspace", "installation", "none"]),
  /** Where an app is registered. */
  consoleUrl: z.string(),
  fields: z.array(
    field.omit({ initial: true, fixed: true }).extend({
      isSet: z.boolean(),
      /** An id in full; of a secret the last four characters at most. */
      hint: z.string().nullable(),
    }),
  ),
  /** Required fields that nobody has filled in. */
  missing: z.array(z.string()),
  secretEndsAt: instant.nullable(),
  updatedAt: instant.nullable(),
});

const values = z.record(z.string().max(100), z.string().max(20_000));

export const appBody = z.object({
  /** By key of `fields`, as they were pasted; a secret that is left out stays as it is. */
  values,
  secretEndsAt: instant.nullable().default(null),
  /** Store them although something looks wrong. */
  despite: z.boolean().default(false),
});

export const appCheckBody = z.object({ values });

export const appChecked = z.object({
  findings: z.array(
    z.object({
      field: z.string(),
      code: z.string(),
      message: z.string(),
      /** What would be stored instead, if you take it; null where Galley cannot tell. */
      cleaned: z.string().nullable(),
    }),
  ),
});

const platform = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  /** By a consent page or by a form. */
  connect: z.enum(["oauth", "form"]),
  /** False where an app has to be registered first. */
  configured: z.boolean(),
  redirectUri: z.string().nullable(),
  scopes: z.array(z.string()),
  optionalScopes: z.array(missingScope),
  app: app.nullable(),
  hasGuide: z.boolean(),
  accounts: z.object({ connected: z.int(), needsReconnect: z.int(), disconnected: z.int() }),
});

export const platformList = z.object({ items: z.array(platform) });

export const platformParams = z.object({ connector: z.string().min(1).max(50) });

export const which = z.object({
  channelId: z.uuid().optional(),
  /** What the platform calls the account. */
  accountId: z.string().max(500).optional(),
});

export const authorizeQuery = z.object({
  returnTo: z.string().max(2000).optional(),
  channelId: z.uuid().optional(),
});

export const authorizeBody = z.object({
  interactive: z.boolean().default(true),
  returnTo: z.string().max(2000).nullable().default(null),
  form: values.default({}),
  channelId: z.uuid().nullable().default(null),
  onlyNeeded: z.boolean().default(false),
});

export const status = z.object({
  connector: z.string(),
  connected: z.boolean(),
  accounts: z.array(channel),
});

export const refreshed = z.object({ items: z.array(channel) });

export const guide = z.object({ markdown: z.string() });

const finding = z.object({
  level: z.enum(["ok", "info", "warning", "error"]),
  code: z.string(),
  problem: z.string(),
  fix: z.string(),
  at: instant.nullable(),
});

export const report = z.object({
  connector: z.string(),
  name: z.string(),
  /** The exact address to register with the platform. */
  redirectUri: z.string().nullable(),
  findings: z.array(finding),
  channels: z.array(z.object({ channel, findings: z.array(finding) })),
});

export const reportList = z.object({
  items: z.array(report),
  /** Platforms whose examination itself failed; the others are complete. */
  failed: z.array(z.object({ connector: z.string(), message: z.string() })),
});

export const warning = z.object({
  id: z.uuid(),
  connector: z.string(),
  subject: z.enum(["access", "consent", "secret", "api_version"]),
  channelId: z.uuid().nullable(),
  handle: z.string().nullable(),
  endsAt: instant,
  /** Told at 14, 7 or 1 days before. */
  days: z.int(),
});
export const warningList = z.object({ items: z.array(warning) });

export const rotated = z.object({
  /** Of the data key that seals from now on. */
  version: z.int(),
  resealed: z.int(),
  /** Values that do not open under the present GALLEY_KEY; their channels have to be connected again. */
  unreadable: z.int(),
});

export const impact = z.object({
  /** Posts that wait to go out on this channel. */
  scheduled: z.int(),
  nextAt: instant.nullable(),
});
