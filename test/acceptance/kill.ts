import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type GalleyProcess, postmasterOf, startGalleyProcess } from "../support/galley.ts";
import { type Persistent, persistent, seededRandom, send } from "./client.ts";

/**
 * Kills the whole server at random moments while it publishes, restarts it each time, and then counts
 * what is visible: each approved post exactly once on the sandbox and once in the mail catcher, and
 * nothing that was not approved.
 *
 *   npm run test:kill -- --kills 50 --posts 200 --seed 1
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    posts: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const kills = Number(values.kills);
const posts = Number(values.posts);
const seed = Number(values.seed);
const random = seededRandom(seed);
/** After the last kill everything must have come to an end within this time. */
const settleWithinMs = 300_000;

const postSchema = z.object({ id: z.uuid(), status: z.string(), boundHash: z.string() });
const deliverySchema = z.object({
  id: z.uuid(),
  state: z.string(),
  attempts: z.array(z.object({ state: z.string(), settledBy: z.string().nullable() })),
});

const dataDir = await mkdtemp(join(tmpdir(), "galley-kill-"));
/** The server that runs at the moment; null while it is dead. */
const running: { galley: GalleyProcess | null } = { galley: null };
const port = 20_000 + Math.floor(Math.random() * 20_000);

async function start(): Promise<GalleyProcess> {
  const environment = { PORT: String(port), LOG_LEVEL: "error", REQUESTS_PER_MINUTE: "10000000" };
  return startGalleyProcess({ dataDir, environment });
}

/** Ends the server without a word, and in half of the cases its PostgreSQL with it. */
async function kill(): Promise<void> {
  const victim = running.galley;
  running.galley = null;
  const postmaster = join(dataDir, "postgres", "postmaster.pid");
  const alsoPostgres = random() < 0.5 && existsSync(postmaster);
  const postmasterId = alsoPostgres ? postmasterOf(await readFile(postmaster, "utf8")) : null;
  const ended = victim?.end("SIGKILL");
  if (postmasterId !== null) {
    try {
      process.kill(postmasterId, "SIGKILL");
    } catch {
      // It had ended already.
    }
    postgresKills += 1;
  }
  await ended;
}
let postgresKills = 0;

/** Makes the owner, connects both channels, and slows the platforms so that kills hit posts on their way. */
async function setUp(server: string): Promise<{ person: Persistent; channelIds: string[] }> {
  const owner = { name: "Ada", email: "ada@example.test", password: "seven quiet herons wade" };
  const workspace = { workspaceName: "Kill", timeZone: "UTC", transport: "bearer" };
  const session = await send(server, {
    method: "POST",
    path: "/api/v1/setup",
    body: { ...owner, ...workspace },
  });
  const token = z.string().parse(session.headers["set-auth-token"]);
  const person = persistent(() => running.galley?.url ?? null, token);
  const asked = await person.call({
    method: "POST",
    path: "/api/v1/channels/authorize",
    body: { connector: "sandbox", interactive: false, returnTo: null },
  });
  const { authorizeUrl } = z.object({ authorizeUrl: z.url() }).parse(asked.body);
  const consent = await send(server, { path: authorizeUrl });
  const back = new URL(z.string().parse(consent.headers.location));
  const channelSchema = z.object({ id: z.uuid() });
  const sandbox = await person.call({ path: back.pathname + back.search });
  const form = { fromName: "Galley", fromAddress: "news@galley.test", recipients: "reader@galley.test" };
  const email = await person.call({
    method: "POST",
    path: "/api/v1/channels",
    body: { connector: "email", form },
  });
  const slow = { kind: "slow", remaining: null, delayMs: 400 };
  const sandboxFaults = { faults: [{ ...slow, on: "create", chance: 0.5 }] };
  await send(server, { method: "PUT", path: "/sandbox/control/faults", body: sandboxFaults });
  await send(server, { method: "PUT", path: "/sandbox/mail/control/faults", body: { faults: [slow] } });
  return { person, channelIds: [sandbox, email].map(({ body }) => channelSchema.parse(body).id) };
}

async function createPost(person: Persistent, channelIds: string[], text: string): Promise<string> {
  for (;;) {
    const reply = await person.call({
      method: "POST",
      path: "/api/v1/posts",
      headers: { "idempotency-key": randomUUID() },
      body: {
        title: text,
        variants: channelIds.map((channelId, index) => ({
          channelId,
          content: { parts: [text], options: index === 0 ? {} : { subject: text } },
        })),
      },
    });
    if (reply.status === 201 || reply.status === 200) return postSchema.parse(reply.body).id;
    if (reply.status !== 409) throw new Error(`POST /posts: ${reply.status} ${JSON.stringify(reply.body)}`);
  }
}

/** Moves a post on until it has reached one of the states; each step is looked up before it is repeated. */
async function drive(person: Persistent, id: string, until: readonly string[]): Promise<void> {
  for (;;) {
    const path = `/api/v1/posts/${id}`;
    const post = postSchema.parse((await person.call({ path })).body);
    if (until.includes(post.status)) return;
    const step = { draft: "submit", in_review: "approve", approved: "publish" }[post.status];
    if (step === undefined) throw new Error(`post ${id} is ${post.status}`);
    const body = step === "approve" ? { boundHash: post.boundHash, note: "" } : undefined;
    await person.call({ method: "POST", path: `${path}/${step}`, ...(body ? { body } : {}) });
  }
}

const onTheWay = ["scheduled", "publishing", "published", "partly"];
const textOf = (number: number) => `Post ${number} of run ${seed}: wanted once.`;
const decoyOf = (number: number) => `Decoy ${number} of run ${seed}: never wanted.`;

type Made = { wanted: string[]; decoys: number };

/** Publishes posts, a few per life of the server, with a decoy beside every eighth that is never approved. */
async function produce(
  person: Persistent,
  channelIds: string[],
  released: () => number,
  made: Made,
): Promise<void> {
  for (let number = 0; number < posts; number += 1) {
    while (number >= released()) await pause(20);
    if (number % 8 === 0) {
      const decoy = await createPost(person, channelIds, decoyOf(number));
      await drive(person, decoy, number % 16 === 0 ? ["in_review"] : ["approved"]);
      made.decoys += 1;
    }
    const id = await createPost(person, channelIds, textOf(number));
    await drive(person, id, onTheWay);
    made.wanted.push(id);
  }
}

async function deliveriesOf(person: Persistent, id: string) {
  const reply = await person.call({ path: `/api/v1/posts/${id}/deliveries` });
  return z.object({ items: z.array(deliverySchema) }).parse(reply.body).items;
}

/** Waits until every delivery is confirmed; returns how many were not in time, with their states. */
async function settle(person: Persistent, ids: string[]): Promise<Map<string, number>> {
  const open = new Set(ids);
  let states = new Map<string, number>();
  for (
    const deadline = Date.now() + settleWithinMs;
    open.size > 0 && Date.now() < deadline;
    await pause(500)
  ) {
    states = new Map();
    for (const id of open) {
      const items = await deliveriesOf(person, id);
      const left = items.filter(({ state }) => state !== "confirmed");
      if (items.length === 2 && left.length === 0) open.delete(id);
      for (const { state } of left) states.set(state, (states.get(state) ?? 0) + 1);
    }
  }
  return states;
}

/** What is visible, by text: how often on each platform. */
async function visible(server: string): Promise<{ sandbox: string[]; mails: string[] }> {
  const journal = await send(server, { path: "/sandbox/control/journal" });
  const mailbox = await send(server, { path: "/sandbox/mail/api/messages" });
  return {
    sandbox: z
      .object({ posts: z.array(z.object({ text: z.string() })) })
      .parse(journal.body)
      .posts.map(({ text }) => text),
    mails: z
      .object({ items: z.array(z.object({ from: z.string(), subject: z.string() })) })
      .parse(mailbox.body)
      // What tells people that one is needed comes here, too, and is no post.
      .items.filter(({ from }) => from !== "Galley <galley@galley.test>")
      .map(({ subject }) => subject),
  };
}

function judge(seen: string[]): { lost: number; duplicated: number; unapproved: number } {
  const counts = new Map<string, number>();
  for (const text of seen) counts.set(text, (counts.get(text) ?? 0) + 1);
  const wanted = Array.from({ length: posts }, (_, number) => textOf(number));
  const known = new Set(wanted);
  return {
    lost: wanted.filter((text) => !counts.has(text)).length,
    duplicated: wanted.filter((text) => (counts.get(text) ?? 0) > 1).length,
    unapproved: seen.filter((text) => !known.has(text)).length,
  };
}

async function run(): Promise<boolean> {
  console.log(`seed ${seed}: ${posts} posts to sandbox and email, ${kills} kills`);
  const first = await start();
  running.galley = first;
  const { person, channelIds } = await setUp(first.url);
  let released = 0;
  const made: Made = { wanted: [], decoys: 0 };
  const producing = produce(person, channelIds, () => released, made);
  // A failure of the producer must not wait for the last kill to be told.
  let failure: unknown = null;
  producing.catch((error: unknown) => {
    failure = error;
  });
  for (let life = 1; life <= kills; life += 1) {
    released = Math.ceil((posts * life) / kills);
    // A busy machine takes longer to get anywhere: without work on the way a kill proves nothing.
    const onTheWayBefore = Math.floor((posts * (life - 0.5)) / kills);
    const patience = Date.now() + 20_000;
    // oxlint-disable-next-line no-unmodified-loop-condition -- the publishing that goes on beside this loop sets it
    while (made.wanted.length < onTheWayBefore && failure === null && Date.now() < patience) await pause(20);
    await pause(random() * 1_500);
    if (failure !== null) throw failure;
    await kill();
    running.galley = await start();
    if (life % 10 === 0) console.log(`${life} kills, ${made.wanted.length} posts on their way`);
  }
  await producing;
  const unsettled = await settle(person, made.wanted);
  const seen = await visible(first.url);
  const attempts = (await Promise.all(made.wanted.map((id) => deliveriesOf(person, id)))).flat();
  const count = (test: (attempt: { state: string; settledBy: string | null }) => boolean) =>
    attempts.reduce((sum, delivery) => sum + delivery.attempts.filter(test).length, 0);
  const sandbox = judge(seen.sandbox);
  const email = judge(seen.mails);
  console.table({
    sandbox: { visible: seen.sandbox.length, ...sandbox },
    email: { visible: seen.mails.length, ...email },
  });
  console.log(
    `${kills} kills (${postgresKills} with PostgreSQL), ${made.decoys} decoys, seed ${seed}; attempts read back: ` +
      `${count(({ settledBy }) => settledBy === "located")}, of them proven absent: ${count(({ state }) => state === "absent_proven")}`,
  );
  for (const [state, number] of unsettled) console.log(`not settled: ${number} ${state}`);
  const wrong = [sandbox, email]
    .flatMap((verdict) => Object.values(verdict))
    .reduce((sum, number) => sum + number, 0);
  return wrong === 0 && unsettled.size === 0;
}

let kept = false;
try {
  kept = await run();
} finally {
  await running.galley?.end("SIGTERM");
  if (kept) await rm(dataDir, { recursive: true, force: true });
  else console.log(`its data stays in ${dataDir}`);
}
console.log(kept ? "kept: each post exactly once" : "BROKEN");
process.exitCode = kept ? 0 : 1;
