import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import type { MailServer } from "#connectors";
import { startMailCatcher } from "#emulator";
import { contractHttp } from "../contract/http.ts";
import { contractMail } from "../contract/mail.ts";

const directory = await mkdtemp(join(tmpdir(), "galley-durable-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

const options = { directory, host: "127.0.0.1", smtpPort: 0, httpPort: 0, publicUrl: null };

it("holds every mail that got its 250, and each once, after kill -9", async () => {
  const accepted: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { startMailCatcher } from "#emulator";
         const catcher = await startMailCatcher(${JSON.stringify(options)});
         console.log(catcher.smtpPort);`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const exited = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const port = Number((await lines.next()).value);
    const mail = contractMail([`127.0.0.1:${port}`]);
    const server: MailServer = { host: "127.0.0.1", port, tls: "none", username: null, password: null };

    async function sendMany(sender: number): Promise<void> {
      for (let number = 0; number < 1_000; number += 1) {
        const messageId = `<${round}.${sender}.${number}@example.com>`;
        const message = {
          messageId,
          from: { name: "", address: "a@example.com" },
          to: ["b@example.com"],
          subject: messageId,
          html: "<p>x</p>",
          text: "x",
          date: new Date(),
          headers: {},
          inline: [],
        };
        const outcome = await mail.send(server, message, AbortSignal.timeout(5_000));
        if (outcome.kind === "failed") return;
        accepted.push(messageId);
      }
    }
    const senders = Promise.all([sendMany(1), sendMany(2), sendMany(3)]);
    setTimeout(() => child.kill("SIGKILL"), 200 + round * 150);
    await senders;
    await exited;
  }

  const catcher = await startMailCatcher(options);
  try {
    const http = contractHttp([catcher.url], AbortSignal.timeout(5_000));
    const answer = await http.request({ method: "GET", url: `${catcher.url}/api/messages` });
    const { items } = z
      .object({ items: z.array(z.object({ messageId: z.string() })) })
      .parse(JSON.parse(Buffer.from(answer.body).toString()));
    const kept = items.map((item) => item.messageId);
    expect(accepted.length).toBeGreaterThan(0);
    expect(kept).toEqual(expect.arrayContaining(accepted));
    expect(new Set(kept).size).toBe(kept.length);
  } finally {
    await catcher.close();
  }
});
