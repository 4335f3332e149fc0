import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startMailCatcher } from "#emulator";
import { setDeadline } from "#kit";
import { createMailTransport } from "#platform/mail";

test("a mail whose time is over by the clocks is not handed over, though the server would take it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "galley-mail-"));
  const host = "127.0.0.1";
  const catcher = await startMailCatcher({ directory, host, smtpPort: 0, httpPort: 0, publicUrl: null });
  const mail = createMailTransport({ allowServers: [`${host}:${catcher.smtpPort}`] });
  const server = { host, port: catcher.smtpPort, tls: "none", username: null, password: null } as const;
  const message = {
    messageId: "<late@galley.test>",
    from: { name: "Galley", address: "news@galley.test" },
    to: ["reader@galley.test"],
    subject: "Late",
    html: "<p>Late</p>",
    text: "Late",
    date: new Date(),
    headers: {},
    inline: [],
  };
  async function sendWithin(ms: number) {
    const { signal } = new AbortController();
    setDeadline(signal, ms);
    return mail.send(server, message, signal);
  }
  async function kept(): Promise<number> {
    const answer = (await (await fetch(`${catcher.url}/api/messages`)).json()) as { items: unknown[] };
    return answer.items.length;
  }
  try {
    expect(await sendWithin(-1)).toMatchObject({ kind: "failed", verdict: "not_sent" });
    expect(await kept()).toBe(0);
    expect(await sendWithin(60_000)).toMatchObject({ kind: "accepted" });
    expect(await kept()).toBe(1);
  } finally {
    await catcher.close();
    await rm(directory, { recursive: true });
  }
});
