import { join } from "node:path";
import type { AgentModel } from "#agent";
import { type ConnectorMail, type ConnectorRegistry, connectorRegistry } from "#connectors";
import type { DeliveriesOptions } from "#delivery";
import type { UploadLimits } from "#desk";
import { type Clock, type JsonObject, systemClock } from "#kit";
import type { Config } from "#platform/config";
import type { Database } from "#platform/db";
import { createFiles, type Files } from "#platform/files";
import { createHttpClient, type HttpClient } from "#platform/http-client";
import { createJobs, type Jobs } from "#platform/jobs";
import { type Announcements, createAnnouncements } from "#platform/live";
import { createMailTransport, type MailSender } from "#platform/mail";
import { createRenderer, type Renderer } from "#platform/rendering";
import { createSecrets, type Secrets } from "#platform/secrets";
import type { Logger } from "#platform/telemetry";
import {
  type BuiltInPlatforms,
  connectorSettings,
  formDefaults,
  platformMailServers,
  platformOrigins,
} from "./platforms.ts";

/** What one process is made of, before anything of Galley is. */
export type Process = {
  config: Config;
  /** The 32 bytes that everything secret is sealed under. */
  key: Buffer;
  database: Database;
  /** Where the database is, for what needs a session of its own. */
  databaseUrl: string;
  /** Names this process where it takes work; a new one with each start. */
  processId: string;
  platforms: BuiltInPlatforms;
  log: Logger;
};

/** What features are made of, by the names under which they ask for it. */
export type Services = {
  database: Database;
  /** Tells all processes, and by them open pages, that something is new. */
  announcements: Announcements;
  /** The 32 bytes that everything secret is sealed under. */
  key: Buffer;
  processId: string;
  log: Logger;
  clock: Clock;
  jobs: Jobs;
  secrets: Secrets;
  files: Files;
  markdown: Renderer;
  connectors: ConnectorRegistry;
  /** By connector: base addresses, client ids, versions. */
  connectorSettings: Readonly<Record<string, JsonObject>>;
  /** What connect forms start with, by connector and field. */
  formDefaults: Record<string, Record<string, string>>;
  /** The only way out, for connectors and for material. */
  http: HttpClient;
  /** How connectors send mail. */
  mail: ConnectorMail;
  /** How people are mailed; null: not at all. */
  sender: MailSender | null;
  /** The address in the browser, without a slash at the end. */
  publicUrl: string;
  /** Where files and marks are kept; null: nowhere. */
  dataDir: string | null;
  uploads: UploadLimits;
  deliverySettings: DeliveriesOptions["settings"];
  /** How long events are kept that everybody has handled. */
  eventsKeepMs: number;
  /** Null: the built-in drafter. */
  model: AgentModel | null;
};

/** Everything that features share in a process. Nothing runs yet. */
export async function createServices(process: Process): Promise<Services> {
  const { config, key, database, databaseUrl, processId, platforms, log } = process;
  const clock = systemClock;
  const secrets = createSecrets({ database, key, clock });
  if (config.formerKey !== null) {
    const adopted = await secrets.adopt(Buffer.from(config.formerKey, "base64"));
    log.warn({ adopted }, "took over the data keys of GALLEY_FORMER_KEY; leave it out from now on");
  }
  const { allowOrigins, allowMailServers } = config.egress;
  const { redisUrl } = config;
  return {
    database,
    announcements: createAnnouncements({ database, databaseUrl, redisUrl, log }),
    key,
    processId,
    log,
    clock,
    secrets,
    jobs: createJobs(),
    files: createFiles({ directory: join(config.dataDir, "media") }),
    markdown: createRenderer(),
    connectors: connectorRegistry(),
    connectorSettings: connectorSettings(config, platforms),
    formDefaults: formDefaults(platforms),
    http: createHttpClient({ allowOrigins, connectorOrigins: platformOrigins(platforms) }),
    mail: createMailTransport({ allowServers: [...allowMailServers, ...platformMailServers(platforms)] }),
    sender: mailSender(config, platforms),
    publicUrl: config.publicUrl,
    dataDir: config.dataDir,
    uploads: config.uploads,
    deliverySettings: config.delivery,
    eventsKeepMs: config.eventsKeepMs,
    model: config.llm === null ? null : { settings: config.llm, allowOrigins },
  };
}

/** How people are mailed: by the configured server, else by the mail catcher where it runs; null: not at all. */
function mailSender({ mail }: Config, { mailCatcher }: BuiltInPlatforms): MailSender | null {
  const catcher = mailCatcher && {
    server: {
      host: mailCatcher.host,
      port: mailCatcher.smtpPort,
      tls: "none" as const,
      username: null,
      password: null,
    },
    from: { name: "Galley", address: "galley@galley.test" },
  };
  const chosen = mail ?? catcher;
  if (chosen === null) return null;
  const { server, from } = chosen;
  // A transport of its own: what the configuration trusts with notices no channel may reach.
  return {
    server,
    from,
    transport: createMailTransport({ allowServers: [`${server.host}:${server.port}`] }),
  };
}
