import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Client } from "pg";
import { startX } from "#emulator";
import { newId } from "#kit";
import { migrate, openDatabase } from "#platform/db";
import { createHttpClient } from "#platform/http-client";
import { createFeatures } from "../src/app/features.ts";
import { agree } from "../test/acceptance/consent.ts";
import { testServices } from "../test/support/services.ts";
import type { CallersOptions, Round, RoundResult } from "./refresh-callers.ts";

// One X account whose access token has ended, and N callers in P processes, each with several pools, that
// want it at once. X's refresh tokens work once and a second use ends them all (the emulator is exact
// about that), so anything but one exchange per expiry is a disconnected account.
//   node bench/refresh.ts --callers 100000 --processes 4 --pools 4 --expiries 3 [--database postgres://...]

const { values } = parseArgs({
  options: {
    callers: { type: "string", default: "100000" },
    processes: { type: "string", default: "4" },
    pools: { type: "string", default: "4" },
    expiries: { type: "string", default: "3" },
    spread: { type: "string", default: "1000" },
    database: { type: "string", default: "postgres://root@127.0.0.1:5432/postgres" },
  },
});
const callers = Number(values.callers);
const processes = Number(values.processes);
const spreadMs = Number(values.spread);

type Fault = { kind: string; on: "token"; delayMs?: number; remaining?: null };
type Case = {
  name: string;
  fault: Fault | null;
  exchanges: number;
  /** What every caller is told; null where all are served with one and the same token. */
  refusal: string | null;
  /** Whether a person must connect again afterwards. */
  reconnect: boolean;
};

/** A token that may have been spent is never shown again; in every other case the channel stays connected. */
const cases: Case[] = [
  ...Array.from({ length: Number(values.expiries) }, (_, index) => ({
    name: `expiry ${index + 1}`,
    fault: null,
    exchanges: 1,
    refusal: null,
    reconnect: false,
  })),
  {
    name: "slow answer (3 s)",
    fault: { kind: "slow", on: "token", delayMs: 3_000 },
    exchanges: 1,
    refusal: null,
    reconnect: false,
  },
  {
    name: "429 to everybody",
    fault: { kind: "throttle", on: "token", remaining: null },
    exchanges: 0,
    refusal: "x.throttled",
    reconnect: false,
  },
  {
    name: "answer lost",
    fault: { kind: "lost_answer", on: "token" },
    exchanges: 1,
    refusal: "channels.needs_reconnect",
    reconnect: true,
  },
  {
    name: "answer cut",
    fault: { kind: "cut_answer", on: "token" },
    exchanges: 1,
    refusal: "channels.needs_reconnect",
    reconnect: true,
  },
  {
    name: "500, yet exchanged",
    fault: { kind: "error_after_commit", on: "token" },
    exchanges: 1,
    refusal: "channels.needs_reconnect",
    reconnect: true,
  },
  {
    // Nothing was exchanged, but nobody on this side can know.
    name: "reset, nothing done",
    fault: { kind: "reset_before_commit", on: "token" },
    exchanges: 0,
    refusal: "channels.needs_reconnect",
    reconnect: true,
  },
  { name: "after reconnecting", fault: null, exchanges: 1, refusal: null, reconnect: false },
];

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: values.database });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const name = `galley_bench_${process.pid}`;
await onServer(`create database ${name}`);
const url = new URL(values.database);
url.pathname = `/${name}`;
await migrate(url.href);
const app = { clientId: "bench", clientSecret: "bench-secret" };
const platform = await startX({ host: "127.0.0.1", port: 0, publicUrl: null, app });
const settings = { x: { apiUrl: platform.url, webUrl: platform.url, ...app } };
const key = randomBytes(32);
const publicUrl = "http://127.0.0.1:3000";
const http = createHttpClient({ allowOrigins: [platform.url] });
const database = openDatabase({ url: url.href, poolSize: 4 });
const { channels } = createFeatures(
  testServices({ database, key, http, connectorSettings: settings, publicUrl }),
);

const person = { userId: newId(), sessionId: newId(), name: "Bench", email: "bench@example.test" };
const workspaceId = newId();
const actor = { kind: "person", ...person, workspaceId, role: "owner" } as const;

async function settle(): Promise<void> {
  const { system } = database;
  const { userId } = person;
  await system
    .insertInto("users")
    .values({ id: userId, name: person.name, email: person.email, email_verified: true })
    .execute();
  const workspace = { id: workspaceId, name: "Bench", time_zone: "UTC", grace_seconds: 7_200 };
  await system.insertInto("workspaces").values(workspace).execute();
  const member = { workspace_id: workspaceId, user_id: userId, role: "owner" as const };
  await system.insertInto("members").values(member).execute();
  const expires_at = new Date(Date.now() + 86_400_000);
  const session = { id: person.sessionId, user_id: userId, token: newId(), expires_at };
  await system.insertInto("sessions").values(session).execute();
}

/** The whole OAuth flow, as a person goes through it; a channel that was lost comes back under its id. */
async function connect(): Promise<string> {
  const { authorizeUrl } = await channels.authorize(actor, "x", { interactive: true, returnTo: null });
  const back = (await agree(authorizeUrl, publicUrl)).searchParams;
  const query = { code: back.get("code") ?? "", state: back.get("state") ?? "" };
  const connected = await channels.callback(person, "x", query);
  if (connected.kind === "failed") throw connected.error;
  if (connected.kind === "pending") throw new TypeError("X opens one account");
  return connected.channel.id;
}

async function control(method: "GET" | "PUT", path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${platform.url}/control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

async function exchanges(): Promise<number> {
  return ((await control("GET", "x")) as { exchanges: number }).exchanges;
}

async function startCallers(): Promise<ChildProcess[]> {
  const options: CallersOptions = {
    databaseUrl: url.href,
    key: key.toString("base64"),
    platformUrl: platform.url,
    settings,
    pools: Number(values.pools),
  };
  const script = new URL("./refresh-callers.ts", import.meta.url);
  const children = Array.from({ length: processes }, () => fork(script, [JSON.stringify(options)]));
  await Promise.all(children.map((child) => once(child, "message")));
  return children;
}

async function runRound(children: ChildProcess[], round: Round): Promise<RoundResult> {
  const results = await Promise.all(
    children.map(async (child): Promise<RoundResult> => {
      const answer = once(child, "message");
      child.send(round);
      const [result] = (await answer) as [RoundResult];
      return result;
    }),
  );
  const refused: Record<string, number> = {};
  for (const result of results) {
    for (const [code, count] of Object.entries(result.refused)) refused[code] = (refused[code] ?? 0) + count;
  }
  return {
    tokens: [...new Set(results.flatMap((result) => result.tokens))],
    served: results.reduce((sum, result) => sum + result.served, 0),
    refused,
  };
}

/** The platform must take the stored pair: its access token now, its refresh token at the next expiry. */
async function standsAtPlatform(channelId: string): Promise<boolean> {
  const { connector, context } = await channels.open(workspaceId, channelId, AbortSignal.timeout(10_000));
  return connector.probe(context).then(
    () => true,
    () => false,
  );
}

async function judge(children: ChildProcess[], channelId: string, wanted: Case): Promise<boolean> {
  const ended = { expires_at: new Date(Date.now() - 1000), credentials_at: new Date(Date.now() - 7_200_000) };
  await database.system.updateTable("channels").set(ended).where("id", "=", channelId).execute();
  await control("PUT", "faults", { faults: wanted.fault === null ? [] : [wanted.fault] });
  const before = await exchanges();
  const started = performance.now();
  const each = Math.ceil(callers / processes);
  const result = await runRound(children, { workspaceId, channelId, callers: each, spreadMs });
  const milliseconds = Math.round(performance.now() - started);
  const made = (await exchanges()) - before;
  const { status } = await database.system
    .selectFrom("channels")
    .select("status")
    .where("id", "=", channelId)
    .executeTakeFirstOrThrow();
  const codes = Object.keys(result.refused);
  const isRight =
    made === wanted.exchanges &&
    status === (wanted.reconnect ? "needs_reconnect" : "connected") &&
    (wanted.refusal === null
      ? codes.length === 0 && result.tokens.length === 1 && (await standsAtPlatform(channelId))
      : result.served === 0 && codes.join() === wanted.refusal);
  console.log(
    [
      wanted.name.padEnd(20),
      String(made).padStart(9),
      String(result.tokens.length).padStart(7),
      String(result.served).padStart(8),
      Object.entries(result.refused)
        .map(([code, count]) => `${count} ${code}`)
        .join(", ")
        .padEnd(34) || " ".repeat(34),
      status.padEnd(16),
      String(milliseconds).padStart(7),
      isRight ? "" : "  WRONG",
    ].join(" "),
  );
  return isRight;
}

const children = await startCallers();
try {
  await settle();
  let channelId = await connect();
  console.log(
    `${callers} callers in ${processes} processes with ${values.pools} pools each, one X account\n`,
  );
  console.log(
    `${"case".padEnd(20)} exchanges  tokens   served ${"refused".padEnd(34)} ${"channel".padEnd(16)}      ms`,
  );
  let wrong = 0;
  for (const wanted of cases) {
    if (!(await judge(children, channelId, wanted))) wrong += 1;
    if (wanted.reconnect) channelId = await connect();
  }
  console.log(
    wrong === 0
      ? "\none exchange per expiry; no pair lost; a new connection is asked for only where a token may be spent"
      : `\n${wrong} of ${cases.length} cases went wrong`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  const running = children.filter((child) => child.exitCode === null);
  const ended = running.map((child) => once(child, "exit"));
  for (const child of running) child.disconnect();
  await Promise.all(ended);
  await database.close();
  await platform.close();
  await onServer(`drop database ${name} with (force)`);
}
