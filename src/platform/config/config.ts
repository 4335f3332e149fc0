import { resolve } from "node:path";
import type { JsonObject } from "#kit";
import { ConfigError } from "./error.ts";
import type { Finding } from "./findings.ts";
import type { SmtpServer } from "./mail.ts";
import type { Environment } from "./sources.ts";
import { gatherSources } from "./sources.ts";
import { checkTogether } from "./together.ts";
import { parseVariables, type Values } from "./values.ts";
import type { llmProviders, logLevels, Mode } from "./variables.ts";

export type ProcessRole = "api" | "worker";

/** All settings, frozen. Durations end in `Ms`, sizes in bytes. */
export type Config = {
  readonly mode: Mode;
  /** What this process does; `serve` is both. */
  readonly roles: readonly ProcessRole[];
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Origin without a slash at the end, such as `https://galley.example.com`. */
  readonly publicUrl: string;
  /** Names besides that of `publicUrl` that it answers to, each with or without a port. */
  readonly hosts: readonly string[];
  /** Whose `X-Forwarded-For` is believed: so many proxies in front, or those in these networks. */
  readonly trustProxy: false | number | readonly string[];
  /** Lets programs read metrics and the details of readiness. */
  readonly metricsToken: string | null;
  /** From one person or address; more are answered with 429. */
  readonly requestsPerMinute: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Null: the built-in PostgreSQL under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  readonly redisUrl: string | null;
  /** 32 bytes in base64; null: `openKey` keeps one in `dataDir`. */
  readonly key: string | null;
  /** The key before a change of `key`, for the start that takes its secrets over; null otherwise. */
  readonly formerKey: string | null;
  readonly logLevel: (typeof logLevels)[number];
  readonly sandbox: { readonly enabled: boolean; readonly port: number };
  readonly mailCatcher: { readonly enabled: boolean; readonly port: number };
  /** How people are mailed when one is needed; null: by the mail catcher where it runs, else not at all. */
  readonly mail: {
    readonly server: SmtpServer;
    readonly from: { readonly name: string; readonly address: string };
  } | null;
  /** Settings of connectors by id, as the connectors document them. */
  readonly connectors: Readonly<Record<string, JsonObject>>;
  /** Null: the built-in extractive drafter. */
  readonly llm: {
    readonly provider: (typeof llmProviders)[number];
    readonly model: string;
    readonly apiKey: string | null;
    readonly baseUrl: string | null;
  } | null;
  /** Origins, and mail servers as `host:port`, that the egress rules let through although they are private. */
  readonly egress: { readonly allowOrigins: readonly string[]; readonly allowMailServers: readonly string[] };
  readonly uploads: {
    readonly maxBytes: number;
    readonly maxPixels: number;
    readonly video: { readonly maxBytes: number; readonly maxMs: number };
    readonly document: { readonly maxBytes: number; readonly maxPages: number };
  };
  /** Jobs of the queue that one worker runs at the same moment. */
  readonly jobConcurrency: number;
  readonly delivery: {
    readonly concurrency: number;
    readonly minimumWindowMs: number;
    /** How long a claim lasts before its first intent, unless preparing renews it. */
    readonly leaseMs: number;
    /** The most that preparing may take. */
    readonly prepareMs: number;
    readonly aheadMs: number;
    /** How much a lease outlives the deadline of its call. */
    readonly marginMs: number;
  };
  /** How long events are kept that every subscriber has handled. */
  readonly eventsKeepMs: number;
  /** How long a stopping process waits for requests and jobs that run. */
  readonly shutdownGraceMs: number;
};

/** Deep enough for this shape: objects in objects. */
function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
}

function browsableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function toConfig(values: Values, folder: string, roles: readonly ProcessRole[]): Config {
  const mode = values.GALLEY_MODE;
  const isLive = mode === "production" || mode === "staging";
  const windowSeconds = values.DELIVERY_MINIMUM_WINDOW_SECONDS ?? (isLive ? 600 : 5);
  const { LLM_PROVIDER: provider, LLM_MODEL: model } = values;
  return freeze({
    mode,
    roles,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://${browsableHost(values.HOST)}:${values.PORT}`,
    hosts: values.HOSTS,
    trustProxy: values.TRUST_PROXY,
    metricsToken: values.METRICS_TOKEN,
    requestsPerMinute: values.REQUESTS_PER_MINUTE,
    dataDir: resolve(folder, values.DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    redisUrl: values.REDIS_URL,
    key: values.GALLEY_KEY,
    formerKey: values.GALLEY_FORMER_KEY,
    logLevel: values.LOG_LEVEL ?? (isLive ? "info" : "warn"),
    sandbox: { enabled: values.SANDBOX ?? !isLive, port: values.SANDBOX_PORT },
    mailCatcher: { enabled: values.MAIL_CATCHER ?? !isLive, port: values.MAIL_CATCHER_PORT },
    mail: values.SMTP_URL && values.MAIL_FROM ? { server: values.SMTP_URL, from: values.MAIL_FROM } : null,
    connectors: values.CONNECTORS,
    llm:
      provider && model
        ? { provider, model, apiKey: values.LLM_API_KEY, baseUrl: values.LLM_BASE_URL }
        : null,
    egress: {
      allowOrigins: values.EGRESS_ALLOW_ORIGINS,
      allowMailServers: values.EGRESS_ALLOW_MAIL_SERVERS,
    },
    uploads: {
      maxBytes: values.UPLOAD_MAX_BYTES,
      maxPixels: values.UPLOAD_MAX_PIXELS,
      video: { maxBytes: values.UPLOAD_VIDEO_MAX_BYTES, maxMs: values.UPLOAD_VIDEO_MAX_SECONDS * 1000 },
      document: { maxBytes: values.UPLOAD_DOCUMENT_MAX_BYTES, maxPages: values.UPLOAD_DOCUMENT_MAX_PAGES },
    },
    jobConcurrency: values.JOB_CONCURRENCY,
    delivery: {
      concurrency: values.DELIVERY_CONCURRENCY,
      minimumWindowMs: windowSeconds * 1000,
      leaseMs: values.DELIVERY_LEASE_SECONDS * 1000,
      prepareMs: values.DELIVERY_PREPARE_SECONDS * 1000,
      aheadMs: values.DELIVERY_PREPARE_AHEAD_SECONDS * 1000,
      marginMs: values.DELIVERY_MARGIN_SECONDS * 1000,
    },
    eventsKeepMs: values.EVENTS_KEEP_DAYS * 86_400_000,
    shutdownGraceMs: values.SHUTDOWN_GRACE_SECONDS * 1000,
  });
}

export type Inspection = {
  /** Null when an error stands among the findings. */
  config: Config | null;
  findings: Finding[];
};

/** Reads and checks all settings and stops at none: what `galley config check` shows. */
export function inspectConfig(
  environment: Environment,
  folder: string,
  roles: readonly ProcessRole[] = ["api", "worker"],
): Inspection {
  const sources = gatherSources(environment, folder);
  const { values, findings } = parseVariables(sources);
  findings.push(...checkTogether(values, sources));
  const isWrong = findings.some((finding) => finding.level === "error");
  return { config: isWrong ? null : toConfig(values, folder, roles), findings };
}

/**
 * The settings from `environment` (`process.env`) and the `.env` files of `folder`. Throws one
 * `ConfigError` that lists every wrong setting with its fix.
 */
export function loadConfig(
  environment: Environment,
  folder: string,
  roles: readonly ProcessRole[] = ["api", "worker"],
): Config {
  const { config, findings } = inspectConfig(environment, folder, roles);
  if (config === null) throw new ConfigError(findings);
  return config;
}
