import { createAgent, createModelDrafter, extractiveDrafter, modelAddress } from "#agent";
import type { Drafter } from "#agent";
import { createChannels } from "#channels";
import { connectorRegistry } from "#connectors";
import { createDeliveries } from "#delivery";
import { createDesk, createImports, createMediaLinks } from "#desk";
import { createAccounts, createIdentity } from "#identity";
import { createInstallation } from "#installation";
import { systemClock } from "#kit";
import { createNotifications } from "#notifications";
import { auditSubscriber } from "#platform/audit";
import type { Config } from "#platform/config";
import type { Database } from "#platform/db";
import { createEvents } from "#platform/events";
import { createFiles } from "#platform/files";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import { createMailTransport, type MailSender } from "#platform/mail";
import { createRenderer } from "#platform/rendering";
import { createSecrets } from "#platform/secrets";
import type { Logger } from "#platform/telemetry";
import { createSites } from "#site";
import { createWorkspaces } from "#workspaces";
import { join } from "node:path";
import {
  type BuiltInPlatforms,
  connectorSettings,
  platformMailServers,
  platformOrigins,
} from "./platforms.ts";

export type FeatureParts = {
  config: Config;
  /** The 32 bytes that everything secret is sealed under. */
  key: Buffer;
  database: Database;
  /** Names this process where it takes work; a new one with each start. */
  processId: string;
  platforms: BuiltInPlatforms;
  log: Logger;
};

/** How long a platform may fetch the files of a delivery: a week, because a late post may wait for a person. */
const mediaLinkMs = 7 * 24 * 60 * 60 * 1000;

/** The configured model, reached by a client of its own: no connector may speak to a model on this machine. */
function drafterFor({ llm, egress }: Config): Drafter {
  if (llm === null) return extractiveDrafter;
  const { allowOrigins } = egress;
  const connectorOrigins = [new URL(modelAddress(llm)).origin];
  return createModelDrafter(llm, createHttpClient({ allowOrigins, connectorOrigins }));
}

/** How people are mailed: by the configured server, else by the mail catcher where it runs. */
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

/** Every feature, given what it needs. Nothing runs yet. */
export type Features = Awaited<ReturnType<typeof createFeatures>>;

/**
 * The composition root: the only place that knows how features hang together. What serves requests is made of
 * them in `api.ts`, what the worker runs in `work.ts`; a process loads what its roles need.
 */
export async function createFeatures(parts: FeatureParts) {
  const { config, key, database, processId, platforms, log } = parts;
  const clock = systemClock;
  const { publicUrl, dataDir } = config;
  const jobs = createJobs();
  const files = createFiles({ directory: join(dataDir, "media") });
  const secrets = createSecrets({ database, key, clock });
  if (config.formerKey !== null) {
    const adopted = await secrets.adopt(Buffer.from(config.formerKey, "base64"));
    log.warn({ adopted }, "took over the data keys of GALLEY_FORMER_KEY; leave it out from now on");
  }
  const connectors = connectorRegistry();
  const http = createHttpClient({
    allowOrigins: config.egress.allowOrigins,
    connectorOrigins: platformOrigins(platforms),
  });
  const mail = createMailTransport({
    allowServers: [...config.egress.allowMailServers, ...platformMailServers(platforms)],
  });

  const sender = mailSender(config, platforms);
  const accountMail = sender && { sender, jobs };
  const identity = createIdentity({
    database,
    key: key.toString("base64"),
    publicUrl,
    clock,
    mail: accountMail,
  });
  const installation = createInstallation({ database, accounts: createAccounts({ database }) });
  const workspaces = createWorkspaces({
    database,
    identity,
    installation,
    clock,
    publicUrl,
    mail: accountMail,
  });
  const settings = connectorSettings(config, platforms);
  const mediaLinks = createMediaLinks({ key });
  const mediaPath = (workspaceId: string, hash: string) => mediaLinks.addressOf(workspaceId, hash);
  const markdown = createRenderer();
  const sites = createSites({ database, publicUrl, mediaPath, markdown });
  const notifications = createNotifications({
    database,
    jobs,
    mail: sender,
    publicUrl,
    connectorName: (id) => connectors.get(id)?.name ?? id,
    clock,
  });
  const channels = createChannels({
    site: sites.pages,
    markdown,
    database,
    connectors,
    secrets,
    http,
    mail,
    settings,
    log,
    publicUrl,
    clock,
  });
  const deliveries = createDeliveries({
    database,
    jobs,
    channels,
    connectors,
    files: {
      ...files,
      publicUrl: (workspaceId, hash) => {
        const until = new Date(clock.now().getTime() + mediaLinkMs);
        return new URL(mediaLinks.addressOf(workspaceId, hash, until), publicUrl).href;
      },
    },
    log,
    claimant: processId,
    dataDir,
    publicUrl,
    connectorSettings: settings,
    settings: config.delivery,
  });
  const { uploads } = config;
  const desk = createDesk({
    jobs,
    database,
    connectors,
    connectorSettings: settings,
    deliveries,
    files,
    mediaLinks,
    uploads,
    clock,
  });

  const imports = createImports({
    database,
    connectors,
    connectorSettings: settings,
    jobs,
    http,
    media: desk.media,
    clock,
  });

  const drafter = drafterFor(config);
  const agent = createAgent({ database, connectors, channels, desk, jobs, http, drafter, clock, log });

  // A post's state before the notices about it.
  const subscribers = [auditSubscriber, ...desk.subscribers, ...notifications.subscribers];
  const events = createEvents({ database, jobs, subscribers, log, keepMs: config.eventsKeepMs });

  return {
    clock,
    connectors,
    events,
    identity,
    installation,
    workspaces,
    sites,
    notifications,
    channels,
    deliveries,
    desk,
    imports,
    agent,
  };
}
