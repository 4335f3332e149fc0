import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import type { AccountMail } from "#identity";
import { newId } from "#kit";
import { createJobs, type RunningWorker, startWorker } from "#platform/jobs";
import { createMailTransport } from "#platform/mail";
import { createLogger } from "#platform/telemetry";
import type { TestApp } from "../app.ts";
import { startMailCatcher } from "../mail-catcher.ts";

type Caught = { id: string; to: string[]; subject: string };

/** A mail server that keeps what Galley writes to people, and the worker that writes it. */
export type AccountMailbox = {
  mail: NonNullable<AccountMail>;
  /** Starts the worker of an app that was given `mail`. */
  serve: (test: TestApp) => Promise<void>;
  /** Waits for a mail of this subject whose link was not asked for before; the link. */
  linkTo: (address: string, subject: RegExp) => Promise<string>;
  /** Waits for a mail of this subject. */
  arrives: (address: string, subject: RegExp) => Promise<void>;
  mailsTo: (address: string) => Promise<Caught[]>;
  close: () => Promise<void>;
};

export async function startAccountMailbox(): Promise<AccountMailbox> {
  const directory = await mkdtemp(join(tmpdir(), "galley-mailbox-"));
  const catcher = await startMailCatcher({
    directory,
    host: "127.0.0.1",
    smtpPort: 0,
    httpPort: 0,
    publicUrl: null,
  });
  let worker: RunningWorker | null = null;

  async function mailsTo(address: string): Promise<Caught[]> {
    const answer = await fetch(`${catcher.url}/api/messages`);
    const { items } = (await answer.json()) as { items: Caught[] };
    return items.filter(({ to }) => to.includes(address));
  }

  return {
    mail: {
      jobs: createJobs(),
      sender: {
        transport: createMailTransport({ allowServers: [`${catcher.host}:${catcher.smtpPort}`] }),
        server: {
          host: catcher.host,
          port: catcher.smtpPort,
          tls: "none",
          username: null,
          password: null,
        },
        from: { name: "Galley", address: "galley@galley.test" },
      },
    },
    async serve({ features: { identity, workspaces }, url }) {
      worker = await startWorker({
        id: newId(),
        databaseUrl: url,
        tasks: { ...identity.tasks, ...workspaces.tasks },
        sweeps: [],
        concurrency: 2,
        log: createLogger({ logLevel: "silent" }),
        pollMs: 50,
      });
    },
    mailsTo,
    linkTo: (address, subject) =>
      vi.waitFor(
        async () => {
          const mails = (await mailsTo(address)).filter((mail) => subject.test(mail.subject));
          const texts = await Promise.all(
            mails.map(async ({ id }) => (await fetch(`${catcher.url}/messages/${id}/raw`)).text()),
          );
          const links = texts.map((text) => /https?:\/\/\S+/.exec(unfolded(text))?.[0] ?? "");
          const newest = links.find((link) => !seen.has(link));
          if (newest === undefined) throw new Error("no new link");
          seen.add(newest);
          return newest;
        },
        { timeout: 20_000, interval: 50 },
      ),
    arrives: (address, subject) =>
      vi.waitFor(
        async () => {
          const mails = await mailsTo(address);
          if (!mails.some((mail) => subject.test(mail.subject))) throw new Error(`no mail to ${address}`);
        },
        { timeout: 20_000, interval: 50 },
      ),
    async close() {
      await worker?.stop();
      await catcher.close();
      await rm(directory, { recursive: true });
    },
  };
}

const seen = new Set<string>();

/** Quoted-printable text of a mail without its soft line breaks and escapes of `=` (RFC 2045, section 6.7). */
function unfolded(raw: string): string {
  return raw.replaceAll(/=\r?\n/g, "").replaceAll("=3D", "=");
}
