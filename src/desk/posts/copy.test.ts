import { expect } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";

const test = base
  /** A workspace of its own, with a post that its owner wrote. */
  .extend(
    "written",
    ({ app }) =>
      async (): Promise<{
        author: TestPerson;
        id: string;
        variantsOf: (text: string) => object[];
      }> => {
        const author = await app.owner();
        const { id: channelId } = await buildChannel(app.database, author.workspaceId);
        const variantsOf = (text: string) => [{ channelId, content: { parts: [text] } }];
        const sources = [{ kind: "note", url: null, title: "The ship's log", excerpt: "" }];
        const body = { title: "Proof", variants: variantsOf("First words"), sources };
        const made = await author.call("createPost", { body });
        expect(made.status).toBe(201);
        return { author, id: made.body.id, variantsOf };
      },
  );

test("a copy is a draft of what a post says now, whatever became of the post", async ({ written }) => {
  const { author, id, variantsOf } = await written();
  const edit = { title: "Proof", baseVersion: 1, variants: variantsOf("Second words") };
  const edited = await author.call("editPost", { params: { id }, body: edit });
  await author.call("submitPost", { params: { id } });
  await author.call("approvePost", { params: { id }, body: { boundHash: edited.body.boundHash, note: "" } });
  await author.call("publishPost", { params: { id } });
  const { status, body: copy } = await author.call("copyPost", { params: { id } });
  expect(status).toBe(201);
  expect(copy).toMatchObject({
    title: "Proof",
    status: "draft",
    version: 2,
    scheduled: null,
    approval: null,
  });
  expect(copy.variants[0]?.content.parts).toEqual(["Second words"]);
  expect(copy.sources.map(({ title }) => title)).toEqual(["The ship's log"]);
  const versions = await author.call("listPostVersions", { params: { id: copy.id } });
  expect(versions.body.items.map(({ number }) => number)).toEqual([2, 1]);
  const { body: stays } = await author.call("getPost", { params: { id } });
  expect(stays.status).toBe("publishing");
  // It goes its own way.
  const change = { title: "Again", baseVersion: 2, variants: variantsOf("Third words") };
  expect(await author.call("editPost", { params: { id: copy.id }, body: change })).toMatchObject({
    status: 200,
    body: { version: 3 },
  });
});

test("who wrote the original cannot approve the copy alone, where two people are asked for", async ({
  app,
  written,
}) => {
  const { author, id } = await written();
  const other = await app.member(author, "admin");
  await author.call("updateWorkspace", { body: { separateApprover: true } });
  const { body: copy } = await other.call("copyPost", { params: { id } });
  await other.call("submitPost", { params: { id: copy.id } });
  const decision = { boundHash: copy.boundHash, note: "" };
  expect(await author.call("approvePost", { params: { id: copy.id }, body: decision })).toMatchObject({
    status: 403,
    body: { code: "desk.own_words" },
  });
  expect(await other.call("approvePost", { params: { id: copy.id }, body: decision })).toMatchObject({
    status: 200,
  });
});

test("a removed post is not copied, and a viewer copies nothing", async ({ app, written }) => {
  const { author, id } = await written();
  const viewer = await app.member(author, "viewer");
  expect((await viewer.call("copyPost", { params: { id } })).status).toBe(403);
  await author.call("removePost", { params: { id } });
  expect((await author.call("copyPost", { params: { id } })).status).toBe(404);
});
