import { z } from "zod";
import { trimEndOf } from "#kit";
import type { ApiVersion, AppRegistration, ConnectorContext, Target, TargetContext } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

/** Which of Meta's platforms speaks: for error codes (`facebook.duplicate`) and words. */
export type MetaPlatform = { id: "facebook" | "instagram"; name: string };

/**
 * When a version of the Graph API ends; null: not announced.
 * https://developers.facebook.com/docs/graph-api/changelog/versions
 */
const versionEnds: Record<string, string | null> = {
  "v21.0": "2027-01-21",
  "v22.0": "2027-05-20",
  "v23.0": "2027-10-08",
  "v24.0": "2028-02-18",
  "v25.0": "2028-07-29",
  "v26.0": null,
};

const settingsSchema = z.object({
  /** The Graph API, for programs. */
  baseUrl: z.url().default("https://graph.facebook.com"),
  /** The login dialog, for people. */
  dialogUrl: z.url().default("https://www.facebook.com"),
  version: z
    .string()
    .regex(/^v\d+\.\d+$/)
    .default("v26.0"),
  /** When that version ends, where Galley does not know it. */
  versionEndsAt: z.iso.date().optional(),
  /** The App ID and the App secret. */
  clientId: z.string().default(""),
  clientSecret: z.string().default(""),
  /** A configuration of Facebook Login for Business; it names the permissions, so `scope` is not sent. */
  configId: z.string().optional(),
  deadlineMs: z.int().positive().optional(),
  windowMs: z.int().positive().default(300_000),
  /** Posts in any 24 hours, for one account. */
  postsPerDay: z.int().positive().optional(),
  /** How long a container or video may take to be ready, within one try. */
  processingMs: z.int().positive().default(30_000),
  pollMs: z.int().positive().default(2_000),
  /** Galley's own public address; media are fetched from there. */
  publicUrl: z.url().optional(),
});

/** Within it Instagram may have to process a file once more, whose container has expired. */
const deadlines: Record<MetaPlatform["id"], number> = { facebook: 25_000, instagram: 60_000 };

export type MetaSettings = z.output<typeof settingsSchema> & { deadlineMs: number };

/** Parsed settings, addresses without a slash at the end. Throws `not_configured` with what to mend. */
export function readSettings(platform: MetaPlatform, settings: ConnectorContext["settings"]): MetaSettings {
  const parsed = settingsSchema.safeParse(settings);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new ConnectorFailure({
      verdict: "not_sent",
      code: `${platform.id}.not_configured`,
      message: `The setting "${where}" of ${platform.name} is not valid; correct it in the configuration.`,
      cause: parsed.error,
    });
  }
  const { baseUrl, dialogUrl, deadlineMs = deadlines[platform.id] } = parsed.data;
  return { ...parsed.data, deadlineMs, baseUrl: withoutSlash(baseUrl), dialogUrl: withoutSlash(dialogUrl) };
}

function withoutSlash(url: string): string {
  return trimEndOf(url, /\//);
}

export function apiVersionOf(platform: MetaPlatform, settings: ConnectorContext["settings"]): ApiVersion {
  const { version, versionEndsAt } = readSettings(platform, settings);
  const ends = versionEndsAt ?? versionEnds[version] ?? null;
  return { name: version, endsAt: ends === null ? null : new Date(`${ends}T00:00:00Z`) };
}

export const metaAppFields: AppRegistration = {
  consoleUrl: "https://developers.facebook.com/apps",
  fields: [
    {
      key: "clientId",
      label: "App ID",
      kind: "text",
      choices: [],
      required: true,
      placeholder: "1234567890123456",
      help: "App settings, Basic: the number at the top.",
    },
    {
      key: "clientSecret",
      label: "App secret",
      kind: "password",
      choices: [],
      required: true,
      placeholder: "",
      help: "App settings, Basic: press Show beside App secret. 32 characters, 0-9 and a-f.",
    },
    {
      key: "configId",
      label: "Configuration ID",
      kind: "text",
      choices: [],
      required: false,
      placeholder: "",
      help: "Only where your app uses Facebook Login for Business with a configuration: its ID. Leave empty otherwise.",
    },
  ],
};

const credentialsSchema = z.object({
  /** A Page access token: it does not end while the person's consent stands. */
  token: z.string(),
  pageId: z.string(),
});

export function readCredentials(
  platform: MetaPlatform,
  context: Pick<ConnectorContext, "credentials">,
): z.output<typeof credentialsSchema> {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: `${platform.id}.no_credentials`,
    message: "This channel has no stored access; connect it again.",
  });
}

/** The Page, the account and the API that they are reached by. */
export function metaTarget(platform: MetaPlatform, context: TargetContext): Target {
  const { baseUrl } = readSettings(platform, context.settings);
  const { accountId } = context;
  const { pageId } = readCredentials(platform, context);
  return { facts: { baseUrl, accountId, pageId }, words: `${accountId} by ${baseUrl}` };
}
