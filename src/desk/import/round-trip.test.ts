import * as fc from "fast-check";
import sharp from "sharp";
import { describe, expect } from "vitest";
import { connectorRegistry } from "#connectors";
import { createHttpClient } from "#platform/http-client";
import { createJobs } from "#platform/jobs";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
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
  })
  .extend("everything", ({ desk, author, posts }) => async (): Promise<string[]> => {
    const all = await posts();
    const full = await Promise.all(all.map(({ id }) => desk.read(author, id)));
    return full.map(({ title, variants }) => JSON.stringify([title, variants]));
  });

test("an export is imported as what it was, and nothing in it is a formula", async ({
  database,
  imports,
  workspaceId,
  upload,
  start,
  linesOf,
}) => {
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

test("any texts are imported as they were exported", async ({
  clock,
  database,
  desk,
  imports,
  workspaceId,
  author,
  upload,
  start,
  everything,
}) => {
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

describe("the template", () => {
  test("is imported as it is, wherever a channel is connected", async ({
    database,
    imports,
    workspaceId,
    upload,
    start,
    linesOf,
  }) => {
    await buildChannel(database, workspaceId);
    const id = await upload(await imports.template(workspaceId));
    await start(id);
    expect(await linesOf(id)).toMatchObject([{ state: "made", problems: [] }]);
  });

  test("names the built-in sandbox where no channel is connected yet", async ({ database, imports }) => {
    const elsewhere = (await buildWorkspace(database)).id;
    expect(await imports.template(elsewhere)).toContain('"sandbox"');
  });
});
