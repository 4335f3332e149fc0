import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import PostalMime from "postal-mime";
import type { DurableLog } from "../log.ts";
import { openLog } from "../log.ts";
import type { MailFault } from "./faults.ts";

/** One mail as it was received. */
export type CaughtMail = {
  id: string;
  messageId: string;
  from: string;
  /** The envelope's recipients. */
  to: string[];
  subject: string;
  /** RFC 3339. */
  receivedAt: string;
  bytes: number;
  /** RFC 3339; when a search finds it, where that is later. */
  listedAt?: string;
  /** The server's own second copy, which nobody sent. */
  ghost?: boolean;
};

/** What a fault does to a mail that is kept. */
type MailTwist = { commitMs: number; listingMs: number; ghost: boolean };

type MailEvent = { type: "mail"; mail: CaughtMail } | { type: "faults"; faults: MailFault[] };

type Contents = {
  /** Oldest first. */
  mails: CaughtMail[];
  byId: Map<string, CaughtMail>;
  byMessageId: Map<string, CaughtMail[]>;
  faults: MailFault[];
};

export type MailStore = Contents & {
  /** On disk, with fsync, when this resolves. */
  keep(raw: Buffer, envelope: { from: string; to: string[] }, twist: MailTwist): Promise<void>;
  /** What has arrived by now, oldest first. */
  arrived(): CaughtMail[];
  /** What a search for this Message-ID finds now. */
  find(messageId: string): CaughtMail[];
  setFaults(faults: MailFault[]): void;
  raw(mail: CaughtMail): Buffer;
  close(): void;
};

export function openMailStore(directory: string, clock: { now(): Date }): MailStore {
  const folder = join(directory, "messages");
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  function record(event: MailEvent): void {
    log.append(event);
    apply(store, event);
  }

  const store: MailStore = {
    mails: [],
    byId: new Map(),
    byMessageId: new Map(),
    faults: [],
    async keep(raw, envelope, { commitMs, listingMs, ghost }) {
      const parsed = await PostalMime.parse(raw);
      const arrivesAt = clock.now().getTime() + commitMs;
      const mail: CaughtMail = {
        id: randomUUID(),
        messageId: parsed.messageId ?? "",
        from: parsed.from?.name ? `${parsed.from.name} <${envelope.from}>` : envelope.from,
        to: envelope.to,
        subject: parsed.subject ?? "",
        receivedAt: new Date(arrivesAt).toISOString(),
        bytes: raw.length,
        ...(listingMs === 0 ? {} : { listedAt: new Date(arrivesAt + listingMs).toISOString() }),
      };
      const copies = ghost ? [mail, { ...mail, id: randomUUID(), ghost }] : [mail];
      for (const copy of copies) {
        writeDurably(join(folder, `${copy.id}.eml`), raw);
        record({ type: "mail", mail: copy });
      }
    },
    arrived() {
      const now = clock.now().toISOString();
      return store.mails.filter(({ receivedAt }) => receivedAt <= now);
    },
    find(messageId) {
      const now = clock.now().toISOString();
      const known = store.byMessageId.get(messageId) ?? [];
      return known.filter(({ receivedAt, listedAt = receivedAt }) => listedAt <= now);
    },
    setFaults(faults) {
      record({ type: "faults", faults });
    },
    raw: (mail) => readFileSync(join(folder, `${mail.id}.eml`)),
    close: () => log.close(),
  };
  const log: DurableLog<MailEvent> = openLog(join(directory, "mail.jsonl"), (event: MailEvent) =>
    apply(store, event),
  );
  return store;
}

function apply(contents: Contents, event: MailEvent): void {
  if (event.type === "faults") {
    contents.faults = event.faults;
    return;
  }
  const { mail } = event;
  contents.mails.push(mail);
  contents.byId.set(mail.id, mail);
  contents.byMessageId.set(mail.messageId, [...(contents.byMessageId.get(mail.messageId) ?? []), mail]);
}

function writeDurably(file: string, bytes: Buffer): void {
  const descriptor = openSync(`${file}.part`, "w", 0o600);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${file}.part`, file);
}
