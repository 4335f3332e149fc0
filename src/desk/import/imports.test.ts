import sharp from "sharp";
import { describe, expect } from "vitest";
import { connectorRegistry } from "#connectors";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import { buildChannel, buildMember } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import { webPages } from "../../../test/support/web-pages.ts";
import type { ImportDeps } from "./deps.ts";
import { createImports } from "./imports.ts";

/** Nothing listens there: connecting is refused. */
const nowhere = "http://127.0.0.1:1";

const test = base
  .extend("images", { scope: "file" }, async ({}, { onCleanup }) => {
    const body = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#336" } })
      .png()
      .toBuffer();
    const images = await webPages({
      "/picture.png": { headers: { "content-type": "image/png" }, body },
      "/page.html": { body: "<p>not an image" },
      "/half.png": { headers: { "content-length": "5000" }, body: body.subarray(0, 40) },
    });
    onCleanup(images.close);
    return images;
  })
  .extend("deps", { scope: "file" }, ({ database, desk, images, clock }): ImportDeps => ({
    database,
    connectors: connectorRegistry(),
    connectorSettings: {},
    jobs: createJobs(),
    http: createHttpClient({ allowOrigins: [images.origin, nowhere] }),
    media: desk.media,
    clock,
  }))
  .extend("imports", { scope: "file" }, ({ deps }) => createImports(deps))
  .extend("author", async ({ database, workspaceId }) => {
    const { id } = await buildChannel(database, workspaceId);
    await database.system.updateTable("channels").set({ handle: "@daily" }).where("id", "=", id).execute();
    return buildMember(database, workspaceId, "editor");
  })
  .extend(
    "work",
    ({ imports, workspaceId }) =>
      (id: string) =>
        imports.tasks["desk.import"]?.(
          { workspaceId, importId: id },
          { signal: AbortSignal.timeout(60_000) },
        ),
  )
  .extend(
    "upload",
    ({ imports, author, work }) =>
      async (text: string, zone: string | null = null): Promise<string> => {
        const bytes = new TextEncoder().encode(text);
        const id = await imports.upload(author, { fileName: "posts.csv", bytes, zone });
        await work(id);
        return id;
      },
  )
  .extend("start", ({ imports, author, work }) => async (id: string): Promise<void> => {
    await imports.start(author, id);
    await work(id);
  })
  .extend(
    "linesOf",
    ({ imports, workspaceId }) =>
      (id: string) =>
        imports.lines(workspaceId, id, { after: 0, limit: 500, states: null }),
  )
  .extend("posts", ({ desk, workspaceId }) => async () => {
    const { items } = await desk.list(workspaceId, {
      statuses: [],
      search: null,
      from: null,
      to: null,
      cursor: null,
      limit: 100,
    });
    return items;
  });

describe("the preview", () => {
  test("says for each line what will be made or what is wrong, and makes nothing", async ({
    imports,
    workspaceId,
    upload,
    linesOf,
    posts,
  }) => {
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

  test("tells what a platform would refuse, and lets it become a draft all the same", async ({
    upload,
    linesOf,
  }) => {
    const id = await upload(`text,channels\n${"long ".repeat(4000)},sandbox\n`);
    const [line] = await linesOf(id);
    expect(line).toMatchObject({ state: "ready", problems: [{ column: "text", severity: "warning" }] });
  });
});

describe("the import", () => {
  test("makes drafts with their time, never approved, and tells the broken lines", async ({
    desk,
    imports,
    workspaceId,
    author,
    upload,
    start,
    posts,
  }) => {
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

  test("of the same file again is recognised line by line", async ({ upload, start, linesOf, posts }) => {
    const file = "text,channels\none,sandbox\ntwo,sandbox\n";
    await start(await upload(file));
    const again = await upload(`${file}three,sandbox\n`);
    expect((await linesOf(again)).map(({ state }) => state)).toEqual(["repeated", "repeated", "ready"]);
    await start(again);
    expect((await posts()).map(({ excerpt }) => excerpt)).toEqual(["three", "two", "one"]);
  });

  test("by two workers, and of two uploads of one file at once, makes each line once", async ({
    imports,
    workspaceId,
    author,
    work,
    upload,
    posts,
  }) => {
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

  test("fetches an image once through the rules for outgoing connections; a bad address is its line's alone", async ({
    desk,
    imports,
    workspaceId,
    author,
    images,
    upload,
    start,
    linesOf,
  }) => {
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

  test("goes on behind a line at which Galley itself fails, and tells the log", async ({
    deps,
    imports,
    workspaceId,
    author,
    images,
    upload,
    start,
    linesOf,
    posts,
  }) => {
    const file = [
      "text,channels,media",
      "one,sandbox,",
      `two,sandbox,${images.origin}/picture.png`,
      "three,sandbox,",
    ].join("\n");
    const media = { addBytes: () => Promise.reject(new TypeError("a defect")) };
    const faulty = createImports({ ...deps, media });
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

  test("by somebody who left the workspace meanwhile stops and says so", async ({
    database,
    imports,
    workspaceId,
    author,
    work,
    upload,
  }) => {
    const id = await upload("text,channels\none,sandbox\n");
    await imports.start(author, id);
    await database.system.deleteFrom("members").where("user_id", "=", author.userId).execute();
    await work(id);
    expect(await imports.read(workspaceId, id)).toMatchObject({
      state: "failed",
      notice: expect.stringContaining("no longer a member"),
    });
  });

  test("of 5,000 lines checks them all, telling how far it is", async ({
    imports,
    workspaceId,
    author,
    work,
  }) => {
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
