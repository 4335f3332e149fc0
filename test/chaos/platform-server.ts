import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { everyPlatform, startMailCatcher, startSandbox } from "#emulator";
import { videoOf } from "../support/media-files.ts";

// The platforms in a process of their own, so that what the harness does never delays their answers.
// Arguments: a directory, and the accounts of each emulator by its id, as JSON.
const [directory = "", accountsOf = "{}"] = process.argv.slice(2);
const host = "127.0.0.1";

/** A port whose successor is free too: the mail catcher's pages take it. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const servers = [createServer(), createServer()];
    try {
      for (const [index, server] of servers.entries()) {
        server.listen(port + index, host);
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

/**
 * Galley's public address, where Instagram fetches files; the desk of a run serves none. Every picture, which it asks
 * for as a JPEG, is one square, and everything else one video.
 */
async function startFrontDoor(): Promise<string> {
  const background = { r: 180, g: 80, b: 10 };
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .jpeg()
    .toBuffer();
  const video = await videoOf();
  const server = createHttpServer((request, response) => {
    const isPicture = URL.parse(request.url ?? "", "http://front-door.invalid")?.searchParams.has("as");
    response.writeHead(200, { "content-type": isPicture ? "image/jpeg" : "video/mp4" });
    response.end(isPicture ? picture : video);
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  return `http://${host}:${typeof address === "object" && address !== null ? address.port : 0}`;
}

const smtpPort = await twoFreePorts();
const sandbox = await startSandbox({ directory: join(directory, "sandbox"), host, port: 0, publicUrl: null });
const catcher = await startMailCatcher({
  directory: join(directory, "mail"),
  host,
  smtpPort,
  httpPort: smtpPort + 1,
  publicUrl: null,
});
const emulators: Record<string, object> = {};
for (const [id, accounts] of Object.entries(JSON.parse(accountsOf) as Record<string, number>)) {
  const { url, settings, form = {} } = (await everyPlatform[id]?.({ host, port: 0, accounts })) ?? {};
  emulators[id] = { url, settings, form };
}
const frontDoorUrl = await startFrontDoor();
const told = { sandboxUrl: sandbox.url, mailUrl: catcher.url, smtpPort, frontDoorUrl, emulators };
process.stdout.write(`${JSON.stringify(told)}\n`);
