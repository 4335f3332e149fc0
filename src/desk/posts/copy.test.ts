import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { movableClock, testDeskApp } from "../../../test/support/features/desk.ts";

type Post = {
  id: string;
  title: string;
  status: string;
  version: number;
  boundHash: string;
  variants: { channelId: string; content: { parts: string[] } }[];
  sources: { title: string }[];
  scheduled: unknown;
  approval: unknown;
};

let app: Awaited<ReturnType<typeof testDeskApp>>;

beforeAll(async () => {
  app = await testDeskApp(movableClock());
});
afterAll(() => app.close());

/** A workspace of its own, with a post that its owner wrote. */
async function written(): Promise<{
  author: TestPerson;
  id: string;
  variantsOf: (text: string) => object[];
}> {
  const author = await app.owner();
  const { id: channelId } = await buildChannel(app.database, author.workspaceId);
  const variantsOf = (text: string) => [{ channelId, content: { parts: [text] } }];
  const sources = [{ kind: "note", url: null, title: "The ship's log", excerpt: "" }];
  const body = { title: "Proof", variants: variantsOf("First words"), sources };
  const made = await author.call<Post>("POST", "/posts", body);
  expect(made.status).toBe(201);
  return { author, id: made.body.id, variantsOf };
}

test("a copy is a draft of what a post says now, whatever became of the post", async () => {
  const { author, id, variantsOf } = await written();
  const edit = { title: "Proof", baseVersion: 1, variants: variantsOf("Second words") };
  const edited = await author.call<Post>("PUT", `/posts/${id}`, edit);
  await author.call("POST", `/posts/${id}/submit`);
  await author.call("POST", `/posts/${id}/approve`, { boundHash: edited.body.boundHash, note: "" });
  await author.call("POST", `/posts/${id}/publish`);
  const { status, body: copy } = await author.call<Post>("POST", `/posts/${id}/copy`);
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
  const versions = await author.call<{ items: { number: number }[] }>("GET", `/posts/${copy.id}/versions`);
  expect(versions.body.items.map(({ number }) => number)).toEqual([2, 1]);
  const { body: stays } = await author.call<Post>("GET", `/posts/${id}`);
  expect(stays.status).toBe("publishing");
  // It goes its own way.
  const change = { title: "Again", baseVersion: 2, variants: variantsOf("Third words") };
  expect(await author.call("PUT", `/posts/${copy.id}`, change)).toMatchObject({
    status: 200,
    body: { version: 3 },
  });
});

test("who wrote the original cannot approve the copy alone, where two people are asked for", async () => {
  const { author, id } = await written();
  const other = await app.member(author, "admin");
  await author.call("PATCH", "/workspace", { separateApprover: true });
  const { body: copy } = await other.call<Post>("POST", `/posts/${id}/copy`);
  await other.call("POST", `/posts/${copy.id}/submit`);
  const decision = { boundHash: copy.boundHash, note: "" };
  expect(await author.call("POST", `/posts/${copy.id}/approve`, decision)).toMatchObject({
    status: 403,
    body: { code: "desk.own_words" },
  });
  expect(await other.call("POST", `/posts/${copy.id}/approve`, decision)).toMatchObject({ status: 200 });
});

test("a removed post is not copied, and a viewer copies nothing", async () => {
  const { author, id } = await written();
  const viewer = await app.member(author, "viewer");
  expect((await viewer.call("POST", `/posts/${id}/copy`)).status).toBe(403);
  await author.call("DELETE", `/posts/${id}`);
  expect((await author.call("POST", `/posts/${id}/copy`)).status).toBe(404);
});
