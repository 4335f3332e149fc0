import { z } from "zod";
import { mailSender, smtpServer } from "./mail.ts";
import { hostNames, trustedProxies } from "./network.ts";

export const modes = ["development", "test", "staging", "production"] as const;
export type Mode = (typeof modes)[number];

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** One setting: how its text is read, and how a person mends a wrong one. */
type Variable<Value> = { schema: z.ZodType<Value, string | undefined>; fix: string };

function variable<Value>(schema: z.ZodType<Value, string | undefined>, fix: string): Variable<Value> {
  return { schema, fix };
}

const megabyte = 1024 * 1024;

function whole(fallback: number, least: number, most: number) {
  const fix = `Use a whole number from ${least} to ${most}, or leave it out for ${fallback}.`;
  const schema = z
    .string()
    .regex(/^\d+$/, "is not a whole number")
    .transform(Number)
    .pipe(z.number().min(least, `is below ${least}`).max(most, `is above ${most}`))
    .optional()
    .transform((value) => value ?? fallback);
  return variable(schema, fix);
}

function flag(fallback: string) {
  const schema = z
    .enum(["on", "off", "true", "false", "1", "0"], "is neither on nor off")
    .transform((text) => text === "on" || text === "true" || text === "1")
    .optional();
  return variable(schema, `Use on or off, or leave it out for ${fallback}.`);
}

/** Absolute address with one of the schemes; the message never repeats it, for it may hold a password. */
function address(protocols: string[], example: string) {
  const schema = z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      "is not such an address",
    )
    .optional()
    .transform((text) => text ?? null);
  return variable(schema, `Write it like ${example}.`);
}

function text() {
  return z
    .string()
    .optional()
    .transform((value) => value ?? null);
}

const origin = z
  .string()
  .refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return (
      /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search && !url.hash && !url.username
    );
  }, "is not an http or https address without a path")
  .transform((value) => new URL(value).origin);

const jsonSettings = z
  .string()
  .transform((value, context) => {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "is not JSON" });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.record(z.string(), z.json()), "is not an object of objects"))
  .optional()
  .transform((value) => value ?? {});

export const llmProviders = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "ollama",
  "openai-compatible",
] as const;
export type LlmProvider = (typeof llmProviders)[number];

/** Every setting that Galley knows. `docs/configuration.md` tells the same to people. */
export const variables = {
  GALLEY_MODE: variable(
    z
      .enum(modes, "is no mode")
      .optional()
      .transform((mode) => mode ?? "development"),
    `Use one of ${modes.join(", ")}.`,
  ),
  HOST: variable(
    z
      .string()
      .optional()
      .transform((host) => host ?? "127.0.0.1"),
    "Use the address to listen on, such as 127.0.0.1, or 0.0.0.0 for all.",
  ),
  PORT: whole(3000, 0, 65_535),
  PUBLIC_URL: variable(
    origin.optional().transform((value) => value ?? null),
    "Write the address that people use, like https://galley.example.com.",
  ),
  HOSTS: variable(
    hostNames,
    "List the further names that people open it by, by commas, like galley.lan, 10.0.0.5:3000.",
  ),
  TRUST_PROXY: variable(
    trustedProxies,
    "Use the number of proxies in front, such as 1, or their networks by commas: loopback, private, 10.0.0.0/8.",
  ),
  METRICS_TOKEN: variable(
    z
      .string()
      .regex(/^[\w.~+/=-]{16,}$/, "is not 16 signs or more of a token")
      .optional()
      .transform((value) => value ?? null),
    "Make one with: openssl rand -hex 32.",
  ),
  REQUESTS_PER_MINUTE: whole(1200, 1, 100_000_000),
  DATA_DIR: variable(
    z
      .string()
      .optional()
      .transform((folder) => folder ?? "data"),
    "Use a folder that Galley may write to.",
  ),
  DATABASE_URL: address(["postgres:", "postgresql:"], "postgres://user:password@host:5432/database"),
  DATABASE_POOL_SIZE: whole(8, 2, 200),
  REDIS_URL: address(["redis:", "rediss:"], "redis://host:6379"),
  GALLEY_KEY: variable(
    z
      .string()
      .refine((value) => Buffer.from(value, "base64").length === 32, "is not 32 bytes in base64")
      .optional()
      .transform((value) => value ?? null),
    "Make one with: openssl rand -base64 32. Keep the old one if channels are connected: they cannot be opened without it.",
  ),
  GALLEY_FORMER_KEY: variable(
    z
      .string()
      .refine((value) => Buffer.from(value, "base64").length === 32, "is not 32 bytes in base64")
      .optional()
      .transform((value) => value ?? null),
    "Set it to the key that GALLEY_KEY had before, for one start; then leave it out.",
  ),
  LOG_LEVEL: variable(
    z
      .enum(logLevels, "is no level")
      .optional()
      .transform((level) => level ?? null),
    `Use one of ${logLevels.join(", ")}.`,
  ),
  SANDBOX: flag("on, except in staging and production"),
  SANDBOX_PORT: whole(0, 0, 65_535),
  MAIL_CATCHER: flag("on, except in staging and production"),
  MAIL_CATCHER_PORT: whole(0, 0, 65_535),
  SMTP_URL: variable(
    z
      .string()
      .transform((value, context) => {
        const server = smtpServer(value);
        if (server) return server;
        context.addIssue({ code: "custom", message: "is not such an address" });
        return z.NEVER;
      })
      .optional()
      .transform((server) => server ?? null),
    "Write it like smtps://user:password@smtp.example.com:465, or smtp:// for STARTTLS; see docs/configuration.md.",
  ),
  MAIL_FROM: variable(
    z
      .string()
      .transform((value, context) => {
        const sender = mailSender(value);
        if (sender) return sender;
        context.addIssue({ code: "custom", message: "is not a mail address" });
        return z.NEVER;
      })
      .optional()
      .transform((sender) => sender ?? null),
    "Write it like galley@example.com, or Galley <galley@example.com>.",
  ),
  CONNECTORS: variable(
    jsonSettings,
    'Write JSON by connector, like {"bluesky":{"service":"https://bsky.social"}}.',
  ),
  LLM_PROVIDER: variable(
    z
      .enum(llmProviders, "is no provider that Galley knows")
      .optional()
      .transform((provider) => provider ?? null),
    `Use one of ${llmProviders.join(", ")}, or leave all LLM_ settings out for the built-in drafter.`,
  ),
  LLM_MODEL: variable(text(), "Name a model of the provider, such as gpt-5-mini."),
  LLM_API_KEY: variable(text(), "Copy the key from the provider's console."),
  LLM_BASE_URL: address(["http:", "https:"], "http://127.0.0.1:11434/v1"),
  EGRESS_ALLOW_ORIGINS: variable(
    z
      .string()
      .transform((list) => list.split(",").map((item) => item.trim()))
      .pipe(z.array(origin))
      .optional()
      .transform((list) => list ?? []),
    "List addresses of private hosts that Galley may reach, by commas, like http://10.0.0.5:8080.",
  ),
  EGRESS_ALLOW_MAIL_SERVERS: variable(
    z
      .string()
      .transform((list) => list.split(",").map((item) => item.trim()))
      .pipe(z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$/, "names a server without a port")))
      .optional()
      .transform((list) => list ?? []),
    "List mail servers that may be private and without TLS, by commas, like 10.0.0.5:25.",
  ),
  UPLOAD_MAX_BYTES: whole(20 * megabyte, 1024, 1024 * megabyte),
  UPLOAD_MAX_PIXELS: whole(50_000_000, 1, 1_000_000_000),
  JOB_CONCURRENCY: whole(8, 1, 200),
  DELIVERY_CONCURRENCY: whole(128, 1, 1000),
  UPLOAD_VIDEO_MAX_BYTES: whole(512 * megabyte, 1024, 8 * 1024 * megabyte),
  UPLOAD_VIDEO_MAX_SECONDS: whole(3600, 1, 86_400),
  UPLOAD_DOCUMENT_MAX_BYTES: whole(100 * megabyte, 1024, 1024 * megabyte),
  UPLOAD_DOCUMENT_MAX_PAGES: whole(300, 1, 10_000),
  DELIVERY_MINIMUM_WINDOW_SECONDS: variable(
    z
      .string()
      .regex(/^\d{1,6}$/, "is not a whole number of seconds")
      .transform(Number)
      .optional()
      .transform((seconds) => seconds ?? null),
    "Use seconds; leave it out for 600 in staging and production and 5 elsewhere.",
  ),
  DELIVERY_LEASE_SECONDS: whole(60, 1, 3600),
  DELIVERY_PREPARE_SECONDS: whole(1800, 1, 86_400),
  DELIVERY_PREPARE_AHEAD_SECONDS: whole(1200, 0, 7200),
  DELIVERY_MARGIN_SECONDS: whole(10, 1, 600),
  EVENTS_KEEP_DAYS: whole(30, 1, 3650),
  SHUTDOWN_GRACE_SECONDS: whole(30, 1, 600),
} as const;
