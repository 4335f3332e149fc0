import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import autocannon from "autocannon";
import { Client } from "pg";
import { addressOf } from "#contract";
import { newId } from "#kit";
import { migrate, openDatabase } from "#platform/db";
import { migrateJobs } from "#platform/jobs";
import { createFeatures } from "../src/app/features.ts";
import { testServices } from "../test/support/services.ts";

/**
 * Authenticated `GET /api/v1/posts` with 20 rows against a bare Fastify route that runs the same SQL
 * without session check, validation, serialisation and row-level security, and one without SQL.
 * Short rounds alternate between the servers and the median of their ratios counts, so that a busy
 * machine hits all alike.
 */
const adminUrl = process.env["DATABASE_URL"] ?? "postgres://root@127.0.0.1:5432/postgres";
const kinds = ["galley", "bare Fastify + SQL", "bare Fastify"];
const rounds = Number(process.argv[2] ?? 15);
const seconds = Number(process.argv[3] ?? 1);
const connections = 16;
const target = 0.5;

async function onServer(statement: string, url = adminUrl): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A workspace with 200 posts on three channels, and its owner's session. */
async function seed(url: string, key: string) {
  const database = openDatabase({ url });
  const { identity } = createFeatures(testServices({ database, key: Buffer.from(key, "base64") }));
  const workspaceId = newId();
  const db = database.system;
  await db
    .insertInto("workspaces")
    .values({ id: workspaceId, name: "Bench", time_zone: "UTC", grace_seconds: 7_200 })
    .execute();
  const person = { name: "Robin Page", email: "robin@example.test", password: "seven quiet herons wade" };
  const session = await db
    .transaction()
    .execute((tx) => identity.createUser(tx, person, { address: "127.0.0.1", userAgent: "bench" }));
  await db
    .insertInto("members")
    .values({ workspace_id: workspaceId, user_id: session.userId, role: "owner" })
    .execute();
  const channels = ["sandbox", "email", "bluesky"].map((connector) => ({ id: newId(), connector }));
  for (const { id, connector } of channels) {
    await db
      .insertInto("channels")
      .values({
        workspace_id: workspaceId,
        id,
        connector,
        account_id: id,
        handle: "@bench",
        display_name: "Bench",
      })
      .execute();
  }
  for (let index = 0; index < 200; index += 1) {
    await db
      .insertInto("posts")
      .values({
        workspace_id: workspaceId,
        id: newId(),
        title: `What we learnt in week ${index}`,
        content_hash: "0".repeat(64),
        excerpt: "The first lines of a post, as long as a list shows them under the title of each row.",
        channel_ids: channels.map(({ id }) => id),
        created_by: session.userId,
      })
      .execute();
  }
  // As autovacuum would have done by the time that anybody looks.
  await onServer("analyze", url);
  await database.close();
  return { workspaceId, bearer: session.bearer };
}

function start(kind: string, url: string, key: string, workspaceId: string): Promise<[ChildProcess, string]> {
  const child = fork(new URL("./api-server.ts", import.meta.url), [kind, url, key, workspaceId], {
    stdio: ["ignore", "inherit", "ignore", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("message", (address: string) => resolve([child, address]));
    child.once("exit", (code) => reject(new Error(`${kind} ended with ${code}`)));
  });
}

async function requestsPerSecond(address: string, bearer: string, duration: number): Promise<number> {
  const result = await autocannon({
    url: `${address}${addressOf("listPosts", { query: { limit: 20 } }).path}`,
    headers: { authorization: `Bearer ${bearer}` },
    connections,
    duration,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.average;
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

const name = `galley_bench_${randomBytes(4).toString("hex")}`;
const address = new URL(adminUrl);
address.pathname = `/${name}`;
await onServer(`create database ${name}`);
const children: ChildProcess[] = [];
try {
  await migrate(address.href);
  await migrateJobs(address.href);
  const key = randomBytes(32).toString("base64");
  const { workspaceId, bearer } = await seed(address.href, key);
  const measured = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  const addresses = new Map<string, string>();
  for (const kind of kinds) {
    const [child, at] = await start(kind, address.href, key, workspaceId);
    children.push(child);
    addresses.set(kind, at);
    await requestsPerSecond(at, bearer, 2);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, at] of addresses)
      measured.get(kind)?.push(await requestsPerSecond(at, bearer, seconds));
  }
  const ours = measured.get("galley") ?? [];
  const shares = new Map(
    [...measured].map(([kind, values]) => [
      kind,
      median(values.map((value, round) => (ours[round] ?? 0) / value)),
    ]),
  );
  console.table(
    [...measured].map(([kind, values]) => ({
      server: kind,
      "requests/s": Math.round(median(values)),
      "galley's share": shares.get(kind)?.toFixed(2),
    })),
  );
  const share = shares.get("bare Fastify + SQL") ?? 0;
  console.log(`GET /api/v1/posts: ${share.toFixed(2)} of a bare route with the same SQL (bar: ${target})`);
  process.exitCode = share >= target ? 0 : 1;
} finally {
  for (const child of children) child.kill();
  await onServer(`drop database if exists ${name} with (force)`);
}
