import { generateKeyPairSync, randomUUID } from "node:crypto";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConnectorContext, DeliveryInput, Published } from "#connectors";
import { connectorRegistry } from "#connectors";
import { createMailTransport } from "#platform/mail";
import { createRenderer } from "#platform/rendering";
import type { Dovecot } from "./dovecot.ts";
import { dovecotMissing, startDovecot } from "./dovecot.ts";
import { contractHttp, nowhere } from "./http.ts";
import type { OpenDkim } from "./opendkim.ts";
import { openDkimMissing, startOpenDkim } from "./opendkim.ts";
import type { Postfix } from "./postfix.ts";
import { postfixMissing, startPostfix } from "./postfix.ts";
import { mailToolsMissing, readInbox, verifySignatures } from "./signed-mail.ts";

const missing =
  (await postfixMissing()) ?? (await dovecotMissing()) ?? (await openDkimMissing()) ?? mailToolsMissing();
if (missing !== null) console.log(`skipped: signed email read back from IMAP; ${missing}`);

const subject = "Ein Brief für Ada 日本語";
// What mail servers on the way like to change, and a signature would not survive: lines of one dot, lines
// that look like the start of a mail, spaces at a line's end, long lines, letters beyond ASCII.
const text = [
  "Grüße — 日本語 👩‍👩‍👧‍👦",
  ".",
  ".. two dots",
  "From here on it gets long:",
  "word ".repeat(400).trim(),
  "spaces at the end   ",
  "the last line",
].join("\n");

async function publish(postfix: Postfix): Promise<Published> {
  const connector = connectorRegistry().get("email");
  if (connector?.connect.kind !== "form") throw new Error("email connects by a form");
  const mail = createMailTransport({
    allowServers: [`localhost:${postfix.port}`],
    trust: postfix.certificate,
  });
  const signal = AbortSignal.timeout(30_000);
  const context: ConnectorContext = {
    http: contractHttp([nowhere], signal),
    mail,
    markdown: createRenderer(),
    credentials: {},
    accountId: "news@galley.test",
    scopes: [],
    settings: {},
    signal,
  };
  const { credentials } = await connector.connect.open(context, {
    fromName: "The Press",
    fromAddress: "news@galley.test",
    recipients: "ada@readers.galley.test",
    host: postfix.host,
    port: String(postfix.port),
    tls: "starttls",
  });
  const connected = { ...context, credentials };
  const input: DeliveryInput = {
    deliveryId: randomUUID(),
    variant: {
      parts: [text],
      link: "https://example.com/?a=1&b=2",
      media: [],
      firstComment: null,
      options: { subject },
    },
    media: [],
    dueAt: new Date(),
  };
  const plan = await connector.prepare(connected, input);
  return connector.commit(connected, plan, { index: 0, key: `${input.deliveryId}/0`, published: [] });
}

/** The mail with one string, which it must hold once, replaced in its bytes. */
function altered(mail: Buffer, from: string, to: string): Buffer {
  const parts = mail.toString("latin1").split(from);
  expect(parts).toHaveLength(2);
  return Buffer.from(parts.join(to), "latin1");
}

describe.skipIf(missing !== null)("email through Postfix and OpenDKIM, read back from Dovecot", () => {
  let opendkim: OpenDkim;
  let postfix: Postfix;
  let dovecot: Dovecot;
  let published: Published;
  let inbox: Buffer[];
  const started: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    opendkim = await startOpenDkim("galley.test");
    started.unshift(opendkim);
    postfix = await startPostfix({ milterPort: opendkim.port });
    started.unshift(postfix);
    dovecot = await startDovecot(postfix.maildir);
    started.unshift(dovecot);
    published = await publish(postfix);
    await postfix.delivered();
    inbox = await readInbox(dovecot);
  });
  afterAll(async () => {
    for (const server of started) await server.stop();
  });

  /** The one mail of the inbox. */
  function received(): Buffer {
    const [mail] = inbox;
    if (mail === undefined) throw new Error("the inbox is empty");
    return mail;
  }

  it("lies in the reader's mail box once, as it was published", async () => {
    expect(inbox).toHaveLength(1);
    const mail = await PostalMime.parse(received());
    expect(mail.messageId).toBe(published.externalId);
    expect(mail.subject).toBe(subject);
    expect(mail.from).toEqual({ name: "The Press", address: "news@galley.test" });
    expect(mail.to).toEqual([{ name: "", address: "ada@readers.galley.test" }]);
    // Spaces at the end of a line are Markdown's way to break it, and nobody sees them.
    const read = text.replaceAll(/ +$/gm, "");
    expect(mail.text?.replaceAll("\r\n", "\n").trim()).toBe(`${read}\n\nhttps://example.com/?a=1&b=2`);
    expect(mail.html).toContain("Grüße — 日本語 👩‍👩‍👧‍👦");
  });

  it("carries one valid signature of the sender's domain over what readers see", async () => {
    const signatures = await verifySignatures(received(), opendkim.key);
    expect(signatures).toHaveLength(1);
    expect(signatures[0]).toMatchObject({
      signingDomain: "galley.test",
      selector: "press",
      status: { result: "pass" },
    });
    const signed = signatures[0]?.signingHeaders?.keys.toLowerCase().split(/\s*:\s*/) ?? [];
    expect(signed).toEqual(expect.arrayContaining(["from", "to", "subject", "date", "message-id"]));
  });

  it.each([
    ["a word of the text is another", "the last line\r\n\r\n", "the lost line\r\n\r\n"],
    ["the sender is another", "From: The Press <news@galley.test>", "From: The Press <fake@galley.test>"],
    ["the identity is another", "Message-ID: <", "Message-ID: <0"],
    ["the time is another", /^Date: .*$/m, "Date: Mon, 01 Jan 2024 00:00:00 +0000"],
    ["a second sender is added", /^From: /m, "From: Eve <eve@galley.test>\r\nFrom: "],
  ])("does not verify once %s", async (_name, from, to) => {
    const mail = received();
    const original = typeof from === "string" ? from : (from.exec(mail.toString("latin1"))?.[0] ?? "absent");
    const signatures = await verifySignatures(altered(mail, original, to), opendkim.key);
    expect(signatures.map((signature) => signature.status.result)).toEqual(["fail"]);
  });

  it("does not verify where the domain publishes another key, or none", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const other = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const { key } = opendkim;
    const replaced = await verifySignatures(received(), { ...key, record: `v=DKIM1; k=rsa; p=${other}` });
    expect(replaced.map((signature) => signature.status.result)).toEqual(["fail"]);
    const absent = await verifySignatures(received(), { ...key, name: "old._domainkey.galley.test" });
    expect(absent.map((signature) => signature.status.result)).not.toContain("pass");
  });
});
