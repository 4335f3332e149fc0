import { createChannels } from "#channels";
import { connectorRegistry } from "#connectors";
import { startSandbox } from "#emulator";
import { newId, systemClock } from "#kit";
import { migrate, openDatabase } from "#platform/db";
import { createHttpClient } from "#platform/http-client";
import { createMailTransport } from "#platform/mail";
import { createSecrets } from "#platform/secrets";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Client } from "pg";

// One channel whose access token has ended, and N callers in P processes' worth of separate pools that
// want it at once. The platform's refresh tokens are single use and a second use revokes them all, so
// anything but one exchange per expiry is a disconnected account.
//   node bench/refresh.ts --callers 10000 --processes 4 --expiries 5 [--database postgres://...]

const { values } = parseArgs({
  options: {
    callers: { type: "string", default: "10000" },
    processes: { type: "string", default: "4" },
    expiries: { type: "string", default: "5" },
    database: { type: "string", default: "postgres://root@127.0.0.1:5432/postgres" },
  },
});
const callers = Number(values.callers);
const processes = Number(values.processes);
const expiries = Number(values.expiries);

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: values.database });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const name = `galley_bench_${process.pid}`;
const directory = await mkdtemp(join(tmpdir(), "galley-bench-"));
await onServer(`create database ${name}`);
const url = new URL(values.database);
url.pathname = `/${name}`;
await migrate(url.href);
const sandbox = await startSandbox({ directory, host: "127.0.0.1", port: 0, publicUrl: null });
const http = createHttpClient({ allowOrigins: [sandbox.url] });
const key = randomBytes(32);
const publicUrl = "http://127.0.0.1:3000";

const instances = Array.from({ length: processes }, () => {
  const database = openDatabase({ url: url.href, poolSize: 8 });
  const channels = createChannels({
    database,
    connectors: connectorRegistry(),
    secrets: createSecrets({ database, key }),
    http,
    mail: createMailTransport({ allowServers: [] }),
    settings: { sandbox: { baseUrl: sandbox.url } },
    publicUrl,
    clock: systemClock,
  });
  return { database, channels };
});

async function exchanges(): Promise<number> {
  const log = await readFile(join(directory, "requests.jsonl"), "utf8");
  return log.split("\n").filter((line) => line.includes('"path":"/oauth/token"')).length;
}

function refusalOf(settled: PromiseSettledResult<unknown>): string | null {
  return settled.status === "rejected" ? String(settled.reason) : null;
}

try {
  const [first] = instances;
  if (!first) throw new RangeError("at least one process");
  const { system } = first.database;
  const person = { userId: newId(), sessionId: newId(), name: "Bench", email: "bench@example.test" };
  const workspaceId = newId();
  const { userId } = person;
  await system.insertInto("users").values({ id: userId, name: person.name, email: person.email }).execute();
  await system
    .insertInto("workspaces")
    .values({ id: workspaceId, name: "Bench", time_zone: "UTC" })
    .execute();
  await system
    .insertInto("members")
    .values({ workspace_id: workspaceId, user_id: userId, role: "owner" })
    .execute();
  const expires_at = new Date(Date.now() + 86_400_000);
  const session = { id: person.sessionId, user_id: userId, token: newId(), expires_at };
  await system.insertInto("sessions").values(session).execute();

  const actor = { kind: "person", ...person, workspaceId, role: "owner" } as const;
  const options = { interactive: false, returnTo: null };
  const { authorizeUrl } = await first.channels.authorize(actor, "sandbox", options);
  const signal = new AbortController().signal;
  const consent = await http.connectorHttp({ signal }).request({ method: "GET", url: authorizeUrl });
  const back = new URL(consent.headers["location"] ?? "").searchParams;
  const query = { code: back.get("code") ?? "", state: back.get("state") ?? "" };
  const connected = await first.channels.callback(person, "sandbox", query);
  if (connected.kind !== "connected") throw connected.error;
  const { id } = connected.channel;

  console.log(`${callers} callers, ${processes} processes, one channel`);
  console.log("expiry  exchanges  distinct tokens  refused  milliseconds");
  let before = await exchanges();
  let wrong = 0;
  for (let expiry = 1; expiry <= expiries; expiry += 1) {
    const ended = {
      expires_at: new Date(Date.now() - 1000),
      credentials_at: new Date(Date.now() - 7_200_000),
    };
    await system.updateTable("channels").set(ended).where("id", "=", id).execute();
    const started = performance.now();
    const settled = await Promise.allSettled(
      Array.from({ length: callers }, async (_, index) => {
        const instance = instances[index % processes] ?? first;
        return (await instance.channels.open(workspaceId, id, signal)).context.credentials["accessToken"];
      }),
    );
    const milliseconds = Math.round(performance.now() - started);
    const tokens = new Set(settled.map((one) => (one.status === "fulfilled" ? one.value : null)));
    const refused = settled.filter(({ status }) => status === "rejected").length;
    const after = await exchanges();
    console.log(`${expiry}\t${after - before}\t   ${tokens.size}\t\t    ${refused}\t     ${milliseconds}`);
    for (const reason of new Set(settled.map(refusalOf))) if (reason !== null) console.log(`  ${reason}`);
    if (after - before !== 1 || tokens.size !== 1 || refused > 0) wrong += 1;
    before = after;
  }
  console.log(wrong === 0 ? "one exchange per expiry" : `${wrong} of ${expiries} expiries went wrong`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await Promise.all(instances.map(({ database }) => database.close()));
  await sandbox.close();
  await rm(directory, { recursive: true });
  await onServer(`drop database ${name} with (force)`);
}
