import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CompiledQuery, sql } from "kysely";
import { newId, systemClock } from "#kit";
import { migrate, openDatabase, startEmbeddedPostgres } from "#platform/db";
import { listPosts } from "../src/desk/views/posts.list.read.ts";
import { findQuery } from "../src/desk/views/posts.search.read.ts";
import { patternOf } from "../src/desk/views/posts.search.ts";

/**
 * A page of posts with a text in them among many, against the same page by looking at every post, which is
 * what a search was before it had an index, and against a page without a search.
 *
 *   node bench/search.ts [--posts 200000]
 */
const { values } = parseArgs({ options: { posts: { type: "string", default: "200000" } } });
const count = Number(values.posts);
const rounds = 7;

const directory = await mkdtemp(join(tmpdir(), "galley-search-"));
const postgres = await startEmbeddedPostgres({ dataDir: directory });
await migrate(postgres.url);
const database = openDatabase({ url: postgres.url, poolSize: 2 });
const [workspaceId, another] = [newId(), newId()];

async function fill(): Promise<void> {
  for (const id of [workspaceId, another]) {
    await database.system
      .insertInto("workspaces")
      .values({ id, name: "Bench", time_zone: "UTC", grace_seconds: 7_200 })
      .execute();
  }
  const batch = 20_000;
  for (let first = 1; first <= count; first += batch) {
    await sql`
      insert into posts (workspace_id, id, title, content_hash, excerpt)
      select case when n % 5 = 0 then ${another}::uuid else ${workspaceId}::uuid end, gen_random_uuid(),
        'Post about ' || md5(n::text), '0',
        'The ' || md5((n * 7)::text) || ' words of the day and ' || md5((n % 500)::text)
          || case when n % 20000 = 1 then ' harbourmaster' else '' end
      from generate_series(${first}::integer, ${Math.min(count, first + batch - 1)}::integer) n`.execute(
      database.system,
    );
  }
  await sql`analyze posts, post_search`.execute(database.system);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.toSorted((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0;
}

function page(search: string | null) {
  const filter = { statuses: [], search, from: null, to: null, cursor: null, limit: 20 };
  return listPosts({ database, clock: systemClock }, workspaceId, filter);
}

function look(search: string) {
  const text = `select p.id from posts p where p.workspace_id = $1 and p.deleted_at is null
    and (p.title ilike $2 or p.excerpt ilike $2) order by p.id desc limit 21`;
  return database.read(workspaceId, CompiledQuery.raw(text, [workspaceId, patternOf(search)]));
}

async function usesIndex(search: string): Promise<boolean> {
  const { query } = findQuery(workspaceId, search, "forms");
  const { rows } = await database.system.executeQuery(
    CompiledQuery.raw(`explain ${query.sql}`, [...query.parameters]),
  );
  return JSON.stringify(rows).includes("post_search_pieces");
}

try {
  await fill();
  await page(null);
  const plain = await timed(() => page(null));
  console.log(`${count} posts, the median of ${rounds}; a page without a search: ${plain.toFixed(1)} ms\n`);
  console.log(`${"search".padEnd(22)} found  index      ms  every post looked at   ratio`);
  for (const search of ["harbourmaster", "no such words", "rbourma", "words of the day", "日本語"]) {
    const { items } = await page(search);
    const [indexed, looked] = [await timed(() => page(search)), await timed(() => look(search))];
    const cells = [
      search.padEnd(22),
      String(items.length).padStart(5),
      ((await usesIndex(search)) ? "yes" : "no").padStart(6),
      indexed.toFixed(1).padStart(7),
      looked.toFixed(1).padStart(21),
      `${(looked / indexed).toFixed(1)}x`.padStart(7),
    ];
    console.log(cells.join(" "));
  }
} finally {
  await database.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
