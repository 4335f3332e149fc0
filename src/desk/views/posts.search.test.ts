import { describe, expect } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { test as base } from "../../../test/support/fixtures/desk-app.ts";
import { termsOf } from "./posts.search.ts";

const test = base
  .extend("owner", { scope: "file" }, async ({ app }) => {
    const owner = await app.owner();
    const plain = await buildChannel(app.database, owner.workspaceId);
    for (const [title, text] of Object.entries(posts)) await titled(owner, plain.id, title, text);
    const northwind = await buildChannel(app.database, owner.workspaceId);
    await app.database.system
      .updateTable("channels")
      .set({ handle: "@northwind_press" })
      .where("id", "=", northwind.id)
      .execute();
    await titled(owner, northwind.id, "handled", "Nothing in common");
    // Another tenant's posts are found by nobody else, whatever way leads to them.
    const stranger = await app.owner();
    const elsewhere = await buildChannel(app.database, stranger.workspaceId);
    for (const text of Object.values(posts)) await titled(stranger, elsewhere.id, "theirs", text);
    return owner;
  })
  .extend("found", ({ owner }) => async (q: string): Promise<string[]> => {
    const { body } = await owner.call("listPosts", { query: { q, limit: 100 } });
    return body.items.map(({ title }) => title).toSorted();
  });

const posts = {
  german: "Die Häuser am Hafen wurden gestern eröffnet",
  english: "Forty pages, bound by hand: our presses are running again",
  french: "Les chevaux mangent à l'écurie, c'est l'été",
  spanish: "Mañana cantaremos canciones en la plaza",
  russian: "Новые книги уже напечатаны",
  swiss: "Der Zug nach Straßburg hält in Zürich",
  japanese: "日本語の投稿です",
} as const;

async function titled(person: TestPerson, channelId: string, title: string, text: string): Promise<void> {
  const body = { title, variants: [{ channelId, content: { parts: [text] } }] };
  expect((await person.call("createPost", { body })).status).toBe(201);
}

describe("a search forgives", () => {
  test.for([
    ["another form of the word", "Haus", ["german"]],
    ["another form of the word", "page press", ["english"]],
    ["another form of the word", "cheval", ["french"]],
    ["another form of the word", "canción", ["spanish"]],
    ["another form of the word", "книга", ["russian"]],
    ["accents that are missing", "zurich", ["swiss"]],
    ["accents that are missing", "ecurie", ["french"]],
    ["accents that are too many", "pláza", ["spanish"]],
    ["letters that stand for two", "strassburg", ["swiss"]],
    ["a letter too few", "runing", ["english"]],
    ["a letter too many", "plazza", ["spanish"]],
    ["another letter", "gesterm", ["german"]],
    ["two letters swapped", "Starssburg", ["swiss"]],
    ["a part of a word, as ever", "presse", ["english"]],
    ["scripts without spaces", "本語", ["japanese"]],
    ["words in another order", "hand pages", ["english"]],
    ["marks around a word", "#presses,", ["english"]],
    ["the handle of a channel", "@northwind", ["handled"]],
  ] as const)("%s: %s", async ([_why, search, titles], { found }) => {
    expect(await found(search)).toEqual(titles);
  });

  test.for([
    ["a phrase is meant as it stands", '"bound by hand"', ["english"]],
    ["a phrase is meant as it stands", '"hand by bound"', []],
    ["a phrase is meant as it stands", "„Häuser am“", ["german"]],
    ["every word has to be there", "presses chevaux", []],
    ["short words take no slips", "wand", []],
    ["what is found as written needs no slips", "Zug", ["swiss"]],
    ["a handle that no channel has", "@southwind", []],
  ] as const)("but not everything; %s: %s", async ([_why, search, titles], { found }) => {
    expect(await found(search)).toEqual(titles);
  });
});

test("a search is taken apart into what it asks for, and no more than a few words", () => {
  expect(termsOf('press "by hand" @galley 100% #news,')).toEqual([
    { kind: "word", text: "press" },
    { kind: "phrase", text: "by hand" },
    { kind: "handle", text: "galley" },
    { kind: "phrase", text: "100%" },
    { kind: "word", text: "news" },
  ]);
  expect(termsOf("%%")).toEqual([{ kind: "phrase", text: "%%" }]);
  expect(termsOf(" ")).toEqual([{ kind: "phrase", text: " " }]);
  expect(termsOf("a ".repeat(100))).toHaveLength(8);
});
