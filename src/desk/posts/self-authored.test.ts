import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { movableClock, testDeskApp } from "../../../test/support/features/desk.ts";

// Where two people are asked for, one's own words are for somebody else to approve.

type Post = { id: string; version: number; boundHash: string };
type Listed = { items: { id: string; ownWords: boolean }[] };

let app: Awaited<ReturnType<typeof testDeskApp>>;

beforeAll(async () => {
  app = await testDeskApp(movableClock());
});
afterAll(() => app.close());

async function ownWords(person: TestPerson, id: string): Promise<boolean | undefined> {
  const { body } = await person.call<Listed>("GET", "/posts?status=in_review&limit=100");
  const read = await person.call<{ ownWords: boolean }>("GET", `/posts/${id}`);
  const listed = body.items.find((post) => post.id === id)?.ownWords;
  expect(read.body.ownWords).toBe(listed ?? false);
  return listed;
}

test("lists tell whose own words a post is, while it matters", async () => {
  const author = await app.owner();
  const approver = await app.member(author, "admin");
  const channelId = (await buildChannel(app.database, author.workspaceId)).id;
  const variantsOf = (text: string) => [{ channelId, content: { parts: [text] } }];
  const made = await author.call<Post>("POST", "/posts", {
    title: "Two people",
    variants: variantsOf("One wrote it"),
  });
  const { id } = made.body;
  await author.call("POST", `/posts/${id}/submit`);
  expect(await ownWords(author, id)).toBe(false);
  await author.call("PATCH", "/workspace", { separateApprover: true });
  expect(await ownWords(author, id)).toBe(true);
  expect(await ownWords(approver, id)).toBe(false);
  const { body: seen } = await approver.call<Post>("GET", `/posts/${id}`);
  await approver.call("POST", `/posts/${id}/approve`, { boundHash: seen.boundHash, note: "" });
  expect(await ownWords(author, id)).toBeUndefined();
  // After an approval only what was written since counts.
  const edit = { title: "Two people", baseVersion: seen.version, variants: variantsOf("The other wrote it") };
  expect(await approver.call("PUT", `/posts/${id}`, edit)).toMatchObject({ status: 200 });
  await approver.call("POST", `/posts/${id}/submit`);
  expect(await ownWords(author, id)).toBe(false);
  expect(await ownWords(approver, id)).toBe(true);
});
