import { z } from "zod";
import { isMailAddress } from "#kit";
import type { ConnectorContext, MailServer, Target, TargetContext } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";

const catcherSchema = z.object({
  host: z.string(),
  port: z.int(),
  /** Address of its API, for reading back what arrived. */
  readBackUrl: z.url(),
  /** Address of its pages, for people. */
  publicUrl: z.url(),
  /** It is the one that Galley runs, on whichever port it found free today. */
  builtIn: z.boolean().default(false),
  deadlineMs: z.int().positive().default(10_000),
  windowMs: z.int().positive().default(12_000),
});

/** `catcher`: the built-in mail catcher, absent where it does not run. */
const settingsSchema = z.object({ catcher: catcherSchema.optional() });

const address = z.string().refine(isMailAddress);

const serverSchema = z.object({
  host: z.string(),
  port: z.int(),
  tls: z.enum(["implicit", "starttls", "none"]),
  username: z.string().nullable(),
  password: z.string().nullable(),
});

const credentialsSchema = z.object({
  /** Null: the built-in catcher, wherever it listens today. */
  server: serverSchema.nullable(),
  from: z.object({ name: z.string(), address }),
  recipients: z.array(address).min(1),
});

export type MailCredentials = z.output<typeof credentialsSchema>;
export type Catcher = z.output<typeof catcherSchema>;

type Stored = Pick<ConnectorContext, "settings" | "credentials">;

export function catcherOf(settings: ConnectorContext["settings"]): Catcher | null {
  return settingsSchema.parse(settings).catcher ?? null;
}

export function readCredentials(context: Stored): MailCredentials {
  const parsed = credentialsSchema.safeParse(context.credentials);
  if (parsed.success) return parsed.data;
  throw new ConnectorFailure({
    verdict: "unauthorized",
    code: "email.no_credentials",
    message: "This channel has no stored mail server; connect it again.",
  });
}

/** The catcher that this channel sends to, or null where it has a mail server of its own. */
export function channelCatcher(context: Stored): Catcher | null {
  return readCredentials(context).server === null ? catcherOf(context.settings) : null;
}

/** The mail server and the recipients. How one signs in there, and the sender's name, lead nowhere else. */
export function targetOf(context: TargetContext): Target {
  const { server, recipients } = readCredentials(context);
  const to = [...new Set(recipients.map((recipient) => recipient.toLowerCase()))].sort();
  const [one = "", two, ...others] = to;
  const named =
    two === undefined
      ? one
      : others.length === 0
        ? `${one} and ${two}`
        : `${to.length} recipients (${one}, ${two} and ${others.length} more)`;
  const where =
    server === null ? catcherName(context.settings) : `${server.host.toLowerCase()}:${server.port}`;
  return { facts: { from: context.accountId, to, server: where }, words: `${named} by ${where}` };
}

function catcherName(settings: ConnectorContext["settings"]): string {
  const catcher = catcherOf(settings);
  return catcher && !catcher.builtIn
    ? `the mail catcher at ${catcher.host}:${catcher.port}`
    : "the built-in mail catcher";
}

export function serverOf(context: Stored): MailServer {
  const { server } = readCredentials(context);
  if (server !== null) return server;
  const catcher = catcherOf(context.settings);
  if (catcher) return { host: catcher.host, port: catcher.port, tls: "none", username: null, password: null };
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "email.no_catcher",
    message: "This channel uses the built-in mail catcher, which is not running.",
  });
}
