import { createRequire } from "node:module";
import { z } from "zod";
import type { Dovecot } from "./dovecot.ts";
import type { SigningKey } from "./opendkim.ts";

// Packages of test/peers, which is installed on demand, so that their types may be absent: what is used
// of them is written down here.
const peers = createRequire(new URL("../peers/package.json", import.meta.url));

const verification = z.object({
  results: z.array(
    z.object({
      signingDomain: z.string().optional(),
      selector: z.string().optional(),
      signingHeaders: z.object({ keys: z.string() }).optional(),
      status: z.object({ result: z.string(), comment: z.string().optional() }),
    }),
  ),
});

type Signature = z.output<typeof verification>["results"][number];

type Resolver = (name: string, type: string) => Promise<string[][]>;
type Mailauth = {
  dkimVerify(mail: Buffer, options: { resolver: Resolver; strict: boolean }): Promise<unknown>;
};

type ImapClient = {
  connect(): Promise<void>;
  getMailboxLock(path: string): Promise<{ release(): void }>;
  fetch(range: string, query: { source: true }): AsyncIterable<{ source?: Buffer }>;
  logout(): Promise<void>;
};
type ImapFlow = {
  ImapFlow: new (options: {
    host: string;
    port: number;
    secure: false;
    logger: false;
    auth: { user: string; pass: string };
  }) => ImapClient;
};

/** Why mail cannot be read and verified here, or null. */
export function mailToolsMissing(): string | null {
  try {
    peers.resolve("mailauth");
    peers.resolve("imapflow");
    return null;
  } catch {
    return "mailauth and imapflow are not installed in test/peers; npm run test:peers does that where it finds Node 20 to 22";
  }
}

/** Every mail of the inbox, byte for byte, in the order in which it arrived. */
export async function readInbox({ port, user, password }: Dovecot): Promise<Buffer[]> {
  const { ImapFlow } = peers("imapflow") as ImapFlow;
  const auth = { user, pass: password };
  const client = new ImapFlow({ host: "127.0.0.1", port, secure: false, logger: false, auth });
  await client.connect();
  const lock = await client.getMailboxLock("INBOX");
  try {
    const mails: Buffer[] = [];
    for await (const { source } of client.fetch("1:*", { source: true })) {
      if (source === undefined) throw new Error("the IMAP server sent a mail without its source");
      mails.push(source);
    }
    return mails;
  } finally {
    lock.release();
    await client.logout();
  }
}

/** What RFC 6376 says of each signature of a mail, where DNS holds that one key and nothing else. */
export async function verifySignatures(mail: Buffer, key: SigningKey): Promise<Signature[]> {
  const mailauth = peers("mailauth") as Mailauth;
  // oxlint-disable-next-line require-await -- a resolver promises its answer
  async function resolver(name: string, type: string): Promise<string[][]> {
    if (name === key.name && type === "TXT") return [[key.record]];
    throw Object.assign(new Error(`no ${type} for ${name}`), { code: "ENOTFOUND" });
  }
  return verification.parse(await mailauth.dkimVerify(mail, { resolver, strict: true })).results;
}
