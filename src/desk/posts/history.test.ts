import { describe, expect } from "vitest";
import { buildChannel } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";

const test = base
  .extend("author", ({ app }) => app.owner())
  .extend("channel", ({ app, author }) => buildChannel(app.database, author.workspaceId))
  .extend("draft", ({ channel }) => (text: string) => ({
    title: "Proof",
    variants: [{ channelId: channel.id, content: { parts: [text] } }],
  }))
  .extend("id", async ({ author, draft }) => {
    return (await author.call("createPost", { body: draft("First") })).body.id;
  })
  .extend(
    "save",
    ({ author, id, draft }) =>
      (text: string, baseVersion: number, { autosave = true, by = author } = {}) =>
        by.call("editPost", { params: { id }, body: { ...draft(text), baseVersion, autosave } }),
  )
  .extend("history", ({ author, id }) => async (): Promise<string[]> => {
    const { body } = await author.call("listPostVersions", { params: { id } });
    const texts: string[] = [];
    for (const { number } of body.items) {
      const version = await author.call("getPostVersion", { params: { id, number } });
      texts.push(version.body.variants[0]?.content.parts[0] ?? "");
    }
    return texts;
  });

describe("what was saved stays in the history", () => {
  test("the version that an edit collided with, though the same person goes on from it", async ({
    save,
    history,
  }) => {
    await save("From one tab", 1);
    expect((await save("From another tab", 1)).status).toBe(409);
    await save("From another tab", 2);
    await save("From another tab, on and on", 3);
    expect(await history()).toEqual(["From another tab, on and on", "From one tab", "First"]);
  });

  test("what was saved on purpose, though a program saves a moment later", async ({ save, history }) => {
    await save("On purpose", 1, { autosave: false });
    await save("While typing", 2);
    await save("While typing on", 3);
    expect(await history()).toEqual(["While typing on", "On purpose", "First"]);
  });

  test("both sides of a collision of two people", async ({ app, author, save, history }) => {
    const other = await app.member(author, "editor");
    await save("Mine", 1);
    await save("Theirs", 2, { by: other });
    expect((await save("Mine, longer", 2)).status).toBe(409);
    await save("Mine, longer", 3, { autosave: false });
    await save("Mine, longer still", 4);
    expect(await history()).toEqual(["Mine, longer still", "Mine, longer", "Theirs", "Mine", "First"]);
  });
});

describe("a text that was set aside", () => {
  test("is beside the history and changes nothing of the post", async ({
    app,
    author,
    id,
    draft,
    save,
    history,
  }) => {
    const other = await app.member(author, "editor");
    const theirs = await save("Theirs", 1, { autosave: false, by: other });
    await author.call("submitPost", { params: { id } });
    const made = await author.call("setTextAside", {
      params: { id },
      body: { ...draft("Mine"), baseVersion: 1 },
    });
    expect(made.status).toBe(201);
    const { body: post } = await author.call("getPost", { params: { id } });
    expect(post).toMatchObject({ status: "in_review", version: theirs.body.version });
    const { body } = await other.call("listTextsSetAside", { params: { id } });
    expect(body.items).toMatchObject([{ baseVersion: 1, title: "Proof", author: { kind: "person" } }]);
    expect(body.items[0]?.variants[0]?.content.parts).toEqual(["Mine"]);
    expect(await history()).toEqual(["Theirs", "First"]);
  });

  test("is refused where it could not be stored, and to who may not write", async ({
    app,
    author,
    id,
    draft,
  }) => {
    const viewer = await app.member(author, "viewer");
    const body = { ...draft("Mine"), baseVersion: 1 };
    expect((await viewer.call("setTextAside", { params: { id }, body })).status).toBe(403);
    const nul = { ...draft("a\0b"), baseVersion: 1 };
    expect((await author.call("setTextAside", { params: { id }, body: nul })).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await author.call("setTextAside", { params: { id }, body: { ...body, title: "" } })).status).toBe(
      400,
    );
  });
});

describe("who changed a post since it was first written", () => {
  test("is told with when, in the post and in lists", async ({ app, author, id, save }) => {
    expect((await author.call("getPost", { params: { id } })).body.changedBy).toEqual([]);
    const other = await app.member(author, "editor");
    await save("Changed", 1, { autosave: false, by: other });
    await save("By its author", 2, { autosave: false });
    const { body: post } = await author.call("getPost", { params: { id } });
    expect(post.changedBy).toEqual([{ name: "Robin Page", kind: "person", at: expect.any(String) }]);
    const { body: list } = await author.call("listPosts");
    expect(list.items.find((one) => one.id === id)?.changedBy).toEqual(post.changedBy);
  });
});
