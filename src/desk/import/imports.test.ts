import type { Actor } from "#kit";
import { connectorRegistry } from "#connectors";
import type { Database } from "#platform/db";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import * as fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { movableClock, testDesk } from "../../../test/support/features/desk.ts";
import type { Desk } from "../desk.ts";
import { type WebPages, webPages } from "../../../test/support/web-pages.ts";
import type { ImportDeps } from "./deps.ts";
import { type Imports, createImports } from "./imports.ts";

/** Nothing listens there: connecting is refused. */
const nowhere = "http://127.0.0.1:1";
const clock = movableClock();
let setup: Awaited<ReturnType<typeof testDesk>>;
let database: Database;
let desk: Desk;
let imports: Imports;
let workspaceId: string;
let author: Actor;
let images: WebPages;

beforeAll(async () => {
  setup = await testDesk(clock);
  ({ database, desk } = setup);
  const body = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#336" } })
    .png()
    .toBuffer();
  images = await webPages({
    "/picture.png": { headers: { "content-type": "image/png" }, body },
    "/page.html": { body: "<p>not an image" },
    "/half.png": { headers: { "content-length": "5000" }, body: body.subarray(0, 40) },
  });
  imports = createImports(deps());
});
function deps(): ImportDeps {
  return {
    database,
    connectors: connectorRegistry(),
    connectorSettings: {},
    jobs: createJobs(),
    http: createHttpClient({ allowOrigins: [images.origin, nowhere] }),
    media: desk.media,
    clock,
  };
}
beforeEach(async () => {
  workspaceId = (await buildWorkspace(database)).id;
  author = await buildMember(database, workspaceId, "editor");
  const { id } = await buildChannel(database, workspaceId);
  await database.system.updateTable("channels").set({ handle: "@daily" }).where("id", "=", id).execute();
});
afterAll(async () => {
  await images.close();
  await setup.close();
});

const work = (id: string) =>
  imports.tasks["desk.import"]?.({ workspaceId, importId: id }, { signal: AbortSignal.timeout(60_000) });

async function upload(text: string, zone: string | null = null): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const id = await imports.upload(author, { fileName: "posts.csv", bytes, zone });
  await work(id);
  return id;
}

async function start(id: string): Promise<void> {
  await imports.start(author, id);
  await work(id);
}

const linesOf = (id: string) => imports.lines(workspaceId, id, { after: 0, limit: 500, states: null });

async function posts() {
  const { items } = await desk.list(workspaceId, {
    statuses: [],
    search: null,
    from: null,
    to: null,
    cursor: null,
    limit: 100,
  });
  return items;
}

describe("the preview", () => {
  test("says for each line what will be made or what is wrong, and makes nothing", async () => {
    const id = await upload(
      [
        "title,text,channels,date,time,zone,link,media",
        "Good,Hello,@daily,2030-12-01,9:00,Asia/Tokyo,https://a.example,",
        ",No such channel,bluesky,,,,,",
        ",,sandbox,,,,,",
        ',"open quote,sandbox,,,,,',
        ",Past,sandbox,2020-01-01,09:00,,,",
        ",Gap,sandbox,2030-03-31,02:30,Europe/Berlin,,",
        ",Half,sandbox,2030-03-31,,,,",
        ",Bad link,sandbox,,,,javascript:alert(1),",
        ",Bad image,sandbox,,,,,picture.png",
        ",Bad zone,sandbox,2030-01-01,10:00,Nowhere,,",
        ",Last,sandbox,,,,,",
      ].join("\n"),
    );
    const lines = await linesOf(id);
    const reported = lines.map(({ line, state, problems }) => [line, state, problems[0]?.column ?? null]);
    expect(reported).toEqual([
      [2, "ready", null],
      [3, "broken", "channels"],
      [4, "broken", "text"],
      [5, "broken", ""],
      [6, "broken", "date"],
      [7, "broken", "date"],
      [8, "broken", "time"],
      [9, "broken", "link"],
      [10, "broken", "media"],
      [11, "broken", "zone"],
      [12, "ready", null],
    ]);
    expect(lines[0]?.preview).toEqual({
      title: "Good",
      excerpt: "Hello",
      channels: ["@daily"],
      when: "2030-12-01 09:00 (Asia/Tokyo)",
    });
    expect(lines[5]?.problems[0]?.message).toContain('Put "earlier" or "later" into the column "clock"');
    expect(await posts()).toEqual([]);
    expect((await imports.read(workspaceId, id)).state).toBe("checked");
  });

  test("tells what a platform would refuse, and lets it become a draft all the same", async () => {
    const id = await upload(`text,channels\n${"long ".repeat(4000)},sandbox\n`);
    const [line] = await linesOf(id);
    expect(line).toMatchObject({ state: "ready", problems: [{ column: "text", severity: "warning" }] });
  });
});

describe("the import", () => {
  test("makes drafts with their time, never approved, and tells the broken lines", async () => {
    const id = await upload(
      'text,channels,date,time\n"First\n---\nsecond part",sandbox,2030-12-01,09:00\nbroken,nowhere,,\nplain,"@daily",,\n',
      "America/New_York",
    );
    await start(id);
    expect(await imports.read(workspaceId, id)).toMatchObject({
      state: "done",
      counts: { made: 2, broken: 1, ready: 0 },
    });
    const made = await posts();
    expect(made.map(({ status }) => status)).toEqual(["draft", "draft"]);
    const scheduled = made.find(({ scheduled: time }) => time !== null);
    expect(scheduled?.scheduled).toMatchObject({ wall: "2030-12-01T09:00", zone: "America/New_York" });
    const full = await desk.read(author, scheduled?.id ?? "");
    expect(full.variants[0]?.content.parts).toEqual(["First", "second part"]);
    expect(full.approval).toBeNull();
    await expect(imports.start(author, id)).rejects.toMatchObject({ code: "desk.import_state" });
  });

  test("of the same file again is recognised line by line", async () => {
    const file = "text,channels\none,sandbox\ntwo,sandbox\n";
    await start(await upload(file));
    const again = await upload(`${file}three,sandbox\n`);
    expect((await linesOf(again)).map(({ state }) => state)).toEqual(["repeated", "repeated", "ready"]);
    await start(again);
    expect((await posts()).map(({ excerpt }) => excerpt)).toEqual(["three", "two", "one"]);
  });

  test("by two workers, and of two uploads of one file at once, makes each line once", async () => {
    const file = `text,channels\n${Array.from({ length: 20 }, (_line, index) => `post ${index},sandbox`).join("\n")}\n`;
    const [first, second] = [await upload(file), await upload(file)];
    await Promise.all([imports.start(author, first), imports.start(author, second)]);
    await Promise.all([work(first), work(second), work(first), work(second)]);
    await Promise.all([work(first), work(second)]);
    expect(await posts()).toHaveLength(20);
    const counts = [await imports.read(workspaceId, first), await imports.read(workspaceId, second)].map(
      (one) => one.counts,
    );
    expect(counts[0]?.made).toBe(20 - (counts[1]?.made ?? 0));
    expect(counts.every(({ ready, broken }) => ready === 0 && broken === 0)).toBe(true);
  });

  test("fetches an image once through the rules for outgoing connections; a bad address is its line's alone", async () => {
    const id = await upload(
      [
        "text,channels,media,alt text",
        `one,sandbox,${images.origin}/picture.png,A dark square`,
        `two,sandbox,${images.origin}/picture.png,`,
        `gone,sandbox,${images.origin}/gone.png,`,
        `page,sandbox,${images.origin}/page.html,`,
        "inside,sandbox,http://169.254.169.254/latest/meta-data,",
        `refused,sandbox,${nowhere}/a.png,`,
        "unknown,sandbox,http://no-such-host.invalid/a.png,",
        `half,sandbox,${images.origin}/half.png,`,
        "last,sandbox,,",
      ].join("\n"),
    );
    await start(id);
    const lines = await linesOf(id);
    const made = lines.flatMap(({ state }, index) => (state === "made" ? [index] : []));
    expect(made).toEqual([0, 1, 8]);
    for (const line of lines.slice(2, 8)) {
      expect(line).toMatchObject({ state: "broken", problems: [{ column: "media" }] });
    }
    expect((await imports.read(workspaceId, id)).state).toBe("done");
    expect(images.hits.filter((path) => path === "/picture.png")).toHaveLength(1);
    const post = await desk.read(author, lines[0]?.postId ?? "");
    expect(post.variants[0]?.content.media).toMatchObject([{ altText: "A dark square" }]);
  });

  test("goes on behind a line at which Galley itself fails, and tells the log", async () => {
    const file = [
      "text,channels,media",
      "one,sandbox,",
      `two,sandbox,${images.origin}/picture.png`,
      "three,sandbox,",
    ].join("\n");
    const media = { addBytes: () => Promise.reject(new TypeError("a defect")) };
    const faulty = createImports({ ...deps(), media });
    const id = await upload(file);
    await imports.start(author, id);
    const job = faulty.tasks["desk.import"]?.(
      { workspaceId, importId: id },
      { signal: AbortSignal.timeout(9000) },
    );
    await expect(job).rejects.toThrow("lines of an import could not be made");
    expect((await linesOf(id)).map(({ state }) => state)).toEqual(["made", "broken", "made"]);
    expect((await imports.read(workspaceId, id)).state).toBe("done");
    await start(await upload(file));
    expect(await posts()).toHaveLength(3);
  });

  test("by somebody who left the workspace meanwhile stops and says so", async () => {
    const id = await upload("text,channels\none,sandbox\n");
    await imports.start(author, id);
    await database.system.deleteFrom("members").where("user_id", "=", author.userId).execute();
    await work(id);
    expect(await imports.read(workspaceId, id)).toMatchObject({
      state: "failed",
      notice: expect.stringContaining("no longer a member"),
    });
  });

  test("of 5,000 lines checks them all, telling how far it is", async () => {
    const rows = Array.from(
      { length: 5000 },
      (_line, index) => `post ${index},${index % 10 === 9 ? "x" : "sandbox"}`,
    );
    const bytes = new TextEncoder().encode(`text,channels\n${rows.join("\n")}`);
    const id = await imports.upload(author, { fileName: "many.csv", bytes, zone: null });
    expect((await imports.read(workspaceId, id)).counts.waiting).toBe(5000);
    await work(id);
    expect((await imports.read(workspaceId, id)).counts).toMatchObject({
      ready: 4500,
      broken: 500,
      waiting: 0,
    });
  }, 60_000);
});

test("an export is imported as what it was, and nothing in it is a formula", async () => {
  await start(await upload('title,text,channels,date,time\n=cmd,"=1+1, ""x""",sandbox,2030-12-01,09:00\n'));
  const csv = await imports.exportPosts(workspaceId);
  expect(csv).toContain('"\'=1+1, ""x"""');
  expect(csv).not.toMatch(/(^|,)"[=+@-]/mu);
  const again = await upload(csv);
  const [line] = await linesOf(again);
  expect(line?.preview).toMatchObject({ title: "=cmd", excerpt: '=1+1, "x"', channels: ["@daily"] });
  const elsewhere = (await buildWorkspace(database)).id;
  expect(await imports.exportPosts(elsewhere)).not.toContain("cmd");
});

test("any texts are imported as they were exported", async () => {
  const { id: channelId } = await buildChannel(database, workspaceId, "mastodon");
  const pieces = [
    "'",
    "=",
    "-",
    "@",
    "|",
    " | ",
    "\\",
    "\n---\n",
    "---",
    "\r\n",
    "\r",
    '"',
    ";",
    ",",
    " ",
    "ü",
    "text",
  ];
  const some = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 10 })
    .map((all) => all.join(""));
  const text = fc.oneof(some, fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }));
  const filled = text.filter((one) => one.trim() !== "");
  const post = fc.record({
    title: filled,
    parts: fc
      .tuple(filled, text, fc.string({ unit: "grapheme" }))
      .chain((all) => fc.shuffledSubarray(all, { minLength: 1 })),
    firstComment: text,
    options: fc.record({ visibility: fc.constantFrom("public", "unlisted"), contentWarning: filled }),
  });
  const drafts = fc.sample(post, 15).filter(({ parts }) => parts.some((part) => part.trim() !== ""));
  const contents = drafts.map(({ title, ...content }) => ({
    title,
    content: { ...content, link: null, media: [] },
  }));
  for (const { title, content } of contents) {
    await desk.create(author, { title, variants: [{ channelId, content }] });
  }
  const before = await everything();
  const csv = await imports.exportPosts(workspaceId);
  await database.system.updateTable("posts").set({ deleted_at: clock.now() }).execute();
  const id = await upload(csv);
  await start(id);
  expect((await imports.read(workspaceId, id)).counts).toMatchObject({ made: drafts.length, broken: 0 });
  expect((await everything()).toSorted()).toEqual(before.toSorted());
}, 60_000);

async function everything(): Promise<string[]> {
  const all = await posts();
  const full = await Promise.all(all.map(({ id }) => desk.read(author, id)));
  return full.map(({ title, variants }) => JSON.stringify([title, variants]));
}

describe("the template", () => {
  test("is imported as it is, wherever a channel is connected", async () => {
    await buildChannel(database, workspaceId);
    const id = await upload(await imports.template(workspaceId));
    await start(id);
    expect(await linesOf(id)).toMatchObject([{ state: "made", problems: [] }]);
  });

  test("names the built-in sandbox where no channel is connected yet", async () => {
    const elsewhere = (await buildWorkspace(database)).id;
    expect(await imports.template(elsewhere)).toContain('"sandbox"');
  });
});
