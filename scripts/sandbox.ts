import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyPlatform, type RunningPlatform, startMailCatcher } from "#emulator";

// Every platform that Galley speaks to, and a mail server, on this machine: `npm run sandbox`. Nothing that is sent
// to them leaves it. With --port N the first listens there and the others after it, instead of on free ports.
// Their switches: docs/emulators.md.

const host = "127.0.0.1";
const at = process.argv.indexOf("--port");
const firstPort = at === -1 ? 0 : Number(process.argv[at + 1]);
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > 65_000) {
  throw new RangeError("--port takes a number from 1 to 65000");
}

const ids = Object.keys(everyPlatform);
const portOf = (index: number): number => (firstPort === 0 ? 0 : firstPort + index);
const running: [id: string, platform: RunningPlatform][] = [];
for (const [index, [id, start]] of Object.entries(everyPlatform).entries()) {
  running.push([id, await start({ host, port: portOf(index) })]);
}
const directory = await mkdtemp(join(tmpdir(), "galley-sandbox-"));
const mail = await startMailCatcher({
  directory,
  host,
  smtpPort: portOf(ids.length),
  httpPort: portOf(ids.length + 1),
  publicUrl: null,
});

console.log("Running; stop with Ctrl+C. Posts stand on each server's first page.\n");
for (const [, { name, url }] of running) console.log(`  ${name.padEnd(13)} ${url}`);
console.log(`  ${"Mail".padEnd(13)} ${mail.url}, SMTP at ${mail.host}:${mail.smtpPort}`);
console.log(`
Each has control routes for tests: GET /control/journal and /control/requests, GET and PUT /control/faults,
and more: docs/emulators.md lists them and every fault.

Start Galley with these:
`);
const catcher = {
  host: mail.host,
  port: mail.smtpPort,
  readBackUrl: mail.url,
  publicUrl: mail.publicUrl,
};
const settings = {
  ...Object.fromEntries(running.map(([id, platform]) => [id, platform.settings])),
  email: { catcher },
};
console.log(`EGRESS_ALLOW_ORIGINS='${[...running.map(([, { url }]) => url), mail.url].join(",")}'`);
console.log(`EGRESS_ALLOW_MAIL_SERVERS='${mail.host}:${mail.smtpPort}'`);
console.log(`CONNECTORS='${JSON.stringify(settings)}'`);

async function stop(): Promise<void> {
  await Promise.all([...running.map(([, platform]) => platform.close()), mail.close()]);
  await rm(directory, { recursive: true, force: true });
}
process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());
