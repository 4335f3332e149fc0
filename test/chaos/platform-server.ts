import { startMailCatcher, startSandbox } from "#emulator";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";

// The platforms in a process of their own, so that what the harness does never delays their answers.
const [directory = ""] = process.argv.slice(2);

/** A port whose successor is free too: the mail catcher's pages take it. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const servers = [createServer(), createServer()];
    try {
      for (const [index, server] of servers.entries()) {
        server.listen(port + index, "127.0.0.1");
        await once(server, "listening");
      }
      return port;
    } catch {
      // Taken: another try.
    } finally {
      for (const server of servers) server.close();
    }
  }
}

const smtpPort = await twoFreePorts();
const host = "127.0.0.1";
const sandbox = await startSandbox({ directory: join(directory, "sandbox"), host, port: 0, publicUrl: null });
const catcher = await startMailCatcher({
  directory: join(directory, "mail"),
  host,
  smtpPort,
  httpPort: smtpPort + 1,
  publicUrl: null,
});
process.stdout.write(`${JSON.stringify({ sandboxUrl: sandbox.url, mailUrl: catcher.url, smtpPort })}\n`);
