import type { JsonObject } from "#kit";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";
import { send } from "../acceptance/client.ts";

type Random = () => number;

/** One thing that people can see on a platform. */
export type Visible = { account: string; text: string };

/**
 * A platform under test. To add one: an emulator with a journal and fault switches in
 * `platform-server.ts`, and its entry here.
 */
export type Target = {
  /** The connector. */
  id: string;
  /** Accounts that are connected there. */
  accounts: number;
  /** Parts, images and a first comment, or one text with a subject. */
  style: "social" | "mail";
  /** Settings of its connector for the workers. */
  settings: JsonObject;
  /** The weather for a while; `calm` ends it. */
  storm(random: Random): Promise<void>;
  calm(): Promise<void>;
  expireTokens(): Promise<void>;
  /** Everything that is visible, from the platform's own journal. */
  journal(): Promise<Visible[]>;
};

export type Platforms = {
  targets: Target[];
  /** What the workers' environment says about the built-in platforms. */
  environment: Record<string, string>;
  origins: string[];
  mailServers: string[];
  close(): Promise<void>;
};

const addresses = z.object({ sandboxUrl: z.url(), mailUrl: z.url(), smtpPort: z.int() });

export type Bounds = {
  /** How long one commit may take. */
  deadlineMs: number;
  /** After this long, absence counts as proof. */
  windowMs: number;
  /** How long after the answer was lost a platform may still bring a post up: below `windowMs - deadlineMs`. */
  latestMs: number;
};

const journalSchema = z.object({ posts: z.array(z.object({ accountId: z.string(), text: z.string() })) });
const mailsSchema = z.object({ items: z.array(z.object({ from: z.string(), subject: z.string() })) });
/** What tells people that one is needed comes here, too, and is no post. */
const noticesFrom = "Galley <galley@galley.test>";

function on(operation: string, kind: string, chance: number, delayMs = 0) {
  return { on: operation, kind, chance, delayMs, remaining: null };
}

/** Every fault of the sandbox with its share of the requests. */
function sandboxFaults({ latestMs, deadlineMs }: Bounds, random: Random) {
  const share = (most: number) => Math.round(random() * most * 1_000) / 1_000;
  return [
    on("create", "lost_answer", share(0.08)),
    on("create", "cut_answer", share(0.06)),
    on("create", "error_after_commit", share(0.06)),
    on("create", "error_before_commit", share(0.06)),
    on("create", "reset_before_commit", share(0.06)),
    on("create", "late_commit", share(0.08), latestMs),
    on("create", "listing_lag", share(0.08), latestMs),
    on("create", "garbled", share(0.04)),
    on("create", "throttle", share(0.04), 1_000),
    on("create", "slow", share(0.2), 150),
    on("create", "slow", share(0.01), deadlineMs + 200),
    on("list", "slow", share(0.1), 200),
    on("list", "garbled", share(0.05)),
    on("list", "error_before_commit", share(0.05)),
    on("list", "cut_answer", share(0.05)),
    on("list", "throttle", share(0.05), 1_000),
    on("media", "error_after_commit", share(0.1)),
    on("media", "lost_answer", share(0.1)),
    on("media", "throttle", share(0.1), 1_000),
    on("token", "slow", share(0.3), 300),
    on("token", "throttle", share(0.05), 1_000),
    on("token", "reset_before_commit", share(0.02)),
    on("token", "lost_answer", share(0.02)),
  ];
}

async function put(url: string, faults: object[]): Promise<void> {
  await send(url, { method: "PUT", path: "/control/faults", body: { faults } });
}

/** Starts all platforms in one process of their own. */
export async function startPlatforms(directory: string, bounds: Bounds): Promise<Platforms> {
  const child = spawn(process.execPath, ["test/chaos/platform-server.ts", directory], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { sandboxUrl, mailUrl, smtpPort } = addresses.parse(JSON.parse(line.toString()));
  const { deadlineMs, windowMs } = bounds;
  const host = "127.0.0.1";

  const sandbox: Target = {
    id: "sandbox",
    // Many, so that the list of what one account has posted lately, which is read back, stays short.
    accounts: 80,
    style: "social",
    settings: { baseUrl: sandboxUrl, deadlineMs, windowMs },
    storm: (random) => put(sandboxUrl, sandboxFaults(bounds, random)),
    calm: () => put(sandboxUrl, []),
    expireTokens: async () =>
      void (await send(sandboxUrl, { method: "POST", path: "/control/expire-tokens", body: {} })),
    journal: async () => {
      const { body } = await send(sandboxUrl, { path: "/control/journal" });
      return journalSchema.parse(body).posts.map(({ accountId, text }) => ({ account: accountId, text }));
    },
  };
  const email: Target = {
    id: "email",
    accounts: 1,
    style: "mail",
    settings: {
      catcher: {
        host,
        port: smtpPort,
        readBackUrl: mailUrl,
        publicUrl: mailUrl,
        deadlineMs,
        windowMs,
      },
    },
    storm: (random) => {
      const kinds = ["lost_answer", "drop_before_keep", "defer"];
      const few = kinds.map((kind) => ({ kind, remaining: 1 + Math.floor(random() * 2), delayMs: 0 }));
      return put(mailUrl, [...few, { kind: "slow", remaining: 20, delayMs: 100 }]);
    },
    calm: () => put(mailUrl, []),
    expireTokens: async () => undefined,
    journal: async () => {
      const { body } = await send(mailUrl, { path: "/api/messages" });
      const posts = mailsSchema.parse(body).items.filter(({ from }) => from !== noticesFrom);
      return posts.map(({ subject }) => ({ account: "mail", text: subject }));
    },
  };

  const targets = [sandbox, email];

  return {
    targets,
    origins: [sandboxUrl, mailUrl],
    mailServers: [`${host}:${smtpPort}`],
    environment: {
      SANDBOX: "on",
      SANDBOX_PORT: new URL(sandboxUrl).port,
      MAIL_CATCHER: "on",
      MAIL_CATCHER_PORT: String(smtpPort),
      CONNECTORS: JSON.stringify(Object.fromEntries(targets.map(({ id, settings }) => [id, settings]))),
    },
    close: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
