import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type GalleyProcess, postmasterOf, startGalleyProcess } from "../galley.ts";
import { send } from "../requests.ts";
import { approvePost, connectPlatforms, type Person, Refused, setUpOwner } from "./person.ts";

// Kills the server with `kill -9` at random moments while it publishes, every fifth time together with
// its PostgreSQL, restarts it each time, and then counts what arrived: `node test/chaos/kill.ts [kills] [posts]`.

const kills = Number(process.argv[2] ?? 50);
const posts = Number(process.argv[3] ?? 200);
const settleWithinMs = 6 * 60_000;

const postStatus = z.object({ status: z.string() });
const journal = z.object({ posts: z.array(z.object({ text: z.string() })) });
const mails = z.object({ items: z.array(z.object({ subject: z.string() })) });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Publishing twice is refused by the state, so a lost answer is answered by trying again. */
async function publishUntilTold(person: Person, id: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await person.call(z.unknown(), "POST", `/posts/${id}/publish`, {});
      return true;
    } catch (error) {
      if (error instanceof Refused && error.status === 409) return true;
      if (error instanceof Refused && error.status < 500) throw error;
      await pause(30);
    }
  }
  return false;
}

async function killOnce(galley: GalleyProcess, dataDir: string, alsoDatabase: boolean): Promise<void> {
  const postmaster = postmasterOf(await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8"));
  galley.child.kill("SIGKILL");
  if (alsoDatabase) process.kill(postmaster, "SIGKILL");
  await galley.end("SIGKILL");
}

async function waitForAll(person: Person, ids: string[]): Promise<Map<string, string>> {
  const final = new Map<string, string>();
  for (const deadline = Date.now() + settleWithinMs; Date.now() < deadline; await pause(1000)) {
    for (const id of ids) {
      if (final.has(id)) continue;
      const { status } = await person.call(postStatus, "GET", `/posts/${id}`);
      if (status !== "publishing") final.set(id, status);
    }
    if (final.size === ids.length) break;
  }
  return final;
}

/** How often each text arrived; wrong are those that did not arrive exactly once. */
function wrongCounts(expected: string[], arrived: string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of arrived) counts.set(text, (counts.get(text) ?? 0) + 1);
  const strangers = [...counts.keys()].filter((text) => !expected.includes(text));
  const wrong = expected
    .filter((text) => counts.get(text) !== 1)
    .map((text) => `${text}: ${counts.get(text) ?? 0}`);
  return [...wrong, ...strangers.map((text) => `${text}: not ours`)];
}

async function run(dataDir: string): Promise<string[]> {
  let galley = await startGalleyProcess({ dataDir });
  const port = new URL(galley.url).port;
  const environment = { PORT: port, REQUESTS_PER_MINUTE: "1000000" };
  await galley.end("SIGTERM");
  galley = await startGalleyProcess({ dataDir, environment });
  try {
    const person = await setUpOwner(galley.url);
    const channels = await connectPlatforms(person);
    const texts = Array.from({ length: posts }, (_, index) => `Proof number ${index + 1}`);
    const ids: string[] = [];
    for (const text of texts) ids.push(await approvePost(person, channels, text));
    say(`${posts} posts approved`);

    const waiting = [...ids];
    for (let kill = 1; kill <= kills; kill++) {
      const life = new AbortController();
      const batch = waiting.splice(0, Math.ceil(waiting.length / (kills - kill + 1)));
      const publishing = batch.map(async (id) => {
        if (!(await publishUntilTold(person, id, life.signal))) waiting.unshift(id);
      });
      await pause(Math.random() * 1500);
      await killOnce(galley, dataDir, kill % 5 === 0);
      life.abort();
      await Promise.all(publishing);
      galley = await startGalleyProcess({ dataDir, environment });
      if (kill % 10 === 0) say(`${kill} kills, ${posts - waiting.length} posts ordered`);
    }
    const patient = new AbortController().signal;
    await Promise.all(waiting.map((id) => publishUntilTold(person, id, patient)));
    const final = await waitForAll(person, ids);
    const unfinished = ids.filter((id) => final.get(id) !== "published");
    const sandbox = journal.parse((await send(`${galley.url}/sandbox/control/journal`)).body);
    const mail = mails.parse((await send(`${galley.url}/sandbox/mail/api/messages`)).body);
    return [
      ...unfinished.map((id) => `post ${id} is ${final.get(id) ?? "still publishing"}`),
      ...wrongCounts(
        texts,
        sandbox.posts.map(({ text }) => text),
      ).map((line) => `sandbox: ${line}`),
      ...wrongCounts(
        texts,
        mail.items.map(({ subject }) => subject),
      ).map((line) => `mail: ${line}`),
    ];
  } finally {
    await galley.end("SIGTERM");
  }
}

const folder = await mkdtemp(join(tmpdir(), "galley-kill-"));
const problems = await run(folder);
if (problems.length === 0) {
  say(`ok: ${kills} kills, ${posts} posts, each exactly once on the sandbox and in the mail catcher`);
  await rm(folder, { recursive: true, force: true });
} else {
  say(problems.join("\n"));
  say(`failed; the data stays in ${folder}`);
  process.exitCode = 1;
}
