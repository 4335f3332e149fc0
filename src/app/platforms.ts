import { join } from "node:path";
import type { MailCatcher, Sandbox } from "#emulator/built-in";
import { type JsonObject, sameAddress } from "#kit";
import type { Config } from "#platform/config";

/** The platforms that Galley brings along for a first run, each a server of its own on loopback. */
export type BuiltInPlatforms = {
  sandbox: Pick<Sandbox, "url" | "publicUrl"> | null;
  mailCatcher: Pick<MailCatcher, "host" | "smtpPort" | "url" | "publicUrl"> | null;
  stop: () => Promise<void>;
};

const loopback = "127.0.0.1";
const sandboxPath = "/sandbox";
const mailPath = "/sandbox/mail";

/** The catcher's pages listen beside its SMTP port where that is fixed. */
function catcherPages(smtpPort: number): number {
  return smtpPort === 0 ? 0 : smtpPort + 1;
}

/** In a worker of its own: the platforms that the `api` process on this machine runs, by their fixed ports. */
function platformsElsewhere({ sandbox, mailCatcher, publicUrl }: Config): BuiltInPlatforms {
  const hasSandbox = sandbox.enabled && sandbox.port > 0;
  const hasCatcher = mailCatcher.enabled && mailCatcher.port > 0;
  return {
    sandbox: hasSandbox
      ? { url: `http://${loopback}:${sandbox.port}`, publicUrl: publicUrl + sandboxPath }
      : null,
    mailCatcher: hasCatcher
      ? {
          host: loopback,
          smtpPort: mailCatcher.port,
          url: `http://${loopback}:${catcherPages(mailCatcher.port)}`,
          publicUrl: publicUrl + mailPath,
        }
      : null,
    stop: async () => undefined,
  };
}

/**
 * Starts what the configuration switches on, in the process that serves the API: each keeps a journal
 * that one process alone may write. Nothing of them is loaded otherwise.
 */
export async function startPlatforms(config: Config): Promise<BuiltInPlatforms> {
  if (!config.roles.includes("api")) return platformsElsewhere(config);
  const { sandbox: wantsSandbox, mailCatcher: wantsCatcher, dataDir, publicUrl } = config;
  if (!wantsSandbox.enabled && !wantsCatcher.enabled) {
    return { sandbox: null, mailCatcher: null, stop: async () => undefined };
  }
  const { startMailCatcher, startSandbox } = await import("#emulator/built-in");
  const sandbox = wantsSandbox.enabled
    ? await startSandbox({
        directory: join(dataDir, "sandbox"),
        host: loopback,
        port: wantsSandbox.port,
        publicUrl: publicUrl + sandboxPath,
      })
    : null;
  const mailCatcher = wantsCatcher.enabled
    ? await startMailCatcher({
        directory: join(dataDir, "mail"),
        host: loopback,
        smtpPort: wantsCatcher.port,
        httpPort: catcherPages(wantsCatcher.port),
        publicUrl: publicUrl + mailPath,
      })
    : null;
  return {
    sandbox,
    mailCatcher,
    stop: async () => {
      await Promise.all([sandbox?.close(), mailCatcher?.close()]);
    },
  };
}

/** Where the server passes requests for the built-in platforms on to; the longer path comes first. */
export function platformPaths({
  sandbox,
  mailCatcher,
}: BuiltInPlatforms): { prefix: string; target: string; access?: "operator" }[] {
  return [
    // Whoever reads it reads links that open other people's accounts.
    ...(mailCatcher ? [{ prefix: mailPath, target: mailCatcher.url, access: "operator" as const }] : []),
    // One sandbox for all workspaces: who steers it breaks it for everybody.
    ...(sandbox
      ? ["/control", "/faults"].map((part) => ({
          prefix: sandboxPath + part,
          target: sandbox.url,
          access: "operator" as const,
        }))
      : []),
    ...(sandbox ? [{ prefix: sandboxPath, target: sandbox.url }] : []),
  ];
}

/** The configured settings of connectors, with the built-in platforms' addresses added. */
export function connectorSettings(config: Config, platforms: BuiltInPlatforms): Record<string, JsonObject> {
  const { sandbox, mailCatcher } = platforms;
  const settings: Record<string, JsonObject> = { ...config.connectors };
  // Instagram fetches files from here; its doctor looks whether it could.
  settings["instagram"] = { publicUrl: config.publicUrl, ...settings["instagram"] };
  if (sandbox) {
    const { baseUrl = sandbox.url } = settings["sandbox"] ?? {};
    const builtIn = typeof baseUrl === "string" && sameAddress(baseUrl, sandbox.url);
    settings["sandbox"] = { baseUrl, publicUrl: sandbox.publicUrl, builtIn, ...settings["sandbox"] };
  }
  if (mailCatcher) {
    const { host, smtpPort: port, url: readBackUrl, publicUrl } = mailCatcher;
    settings["email"] = {
      catcher: { host, port, readBackUrl, publicUrl, builtIn: true },
      ...settings["email"],
    };
  }
  return settings;
}

/** Origins that connectors, and they alone, may reach although they are on this machine. */
export function platformOrigins({ sandbox, mailCatcher }: BuiltInPlatforms): string[] {
  return [sandbox, mailCatcher].flatMap((platform) => (platform ? [new URL(platform.url).origin] : []));
}

/** Mail servers (`host:port`) that may be used without TLS: the mail catcher. */
export function platformMailServers({ mailCatcher }: BuiltInPlatforms): string[] {
  return mailCatcher ? [`${mailCatcher.host}:${mailCatcher.smtpPort}`] : [];
}

/** What the connect form of `email` starts with where the mail catcher runs: one click connects it. */
export function formDefaults({ mailCatcher }: BuiltInPlatforms): Record<string, Record<string, string>> {
  if (!mailCatcher) return {};
  return {
    email: { fromName: "Galley", fromAddress: "news@galley.test", recipients: "reader@galley.test" },
  };
}
