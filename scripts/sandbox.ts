import { everyPlatform, type RunningPlatform } from "#emulator";

// Every platform that Galley speaks to, as a server on this machine: `npm run sandbox`. Nothing that is sent
// to them leaves it. With --port N the first listens there and the others after it, instead of on free ports.

const host = "127.0.0.1";
const at = process.argv.indexOf("--port");
const firstPort = at === -1 ? 0 : Number(process.argv[at + 1]);
if (!Number.isInteger(firstPort) || firstPort < 0 || firstPort > 65_000) {
  throw new RangeError("--port takes a number from 1 to 65000");
}

const running: [id: string, platform: RunningPlatform][] = [];
for (const [index, [id, start]] of Object.entries(everyPlatform).entries()) {
  running.push([id, await start({ host, port: firstPort === 0 ? 0 : firstPort + index })]);
}

console.log("Running; stop with Ctrl+C. Posts stand on each server's first page.\n");
for (const [, { name, url }] of running) console.log(`  ${name.padEnd(12)} ${url}`);
console.log(`
Each has control routes for tests: GET /control/journal, GET and PUT /control/faults,
POST /control/expire-tokens, POST /control/revoke-tokens, POST /control/clock.

Start Galley with these:
`);
const settings = Object.fromEntries(running.map(([id, platform]) => [id, platform.settings]));
console.log(`EGRESS_ALLOW_ORIGINS='${running.map(([, { url }]) => url).join(",")}'`);
console.log(`CONNECTORS='${JSON.stringify(settings)}'`);

async function stop(): Promise<void> {
  await Promise.all(running.map(([, platform]) => platform.close()));
}
process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());
