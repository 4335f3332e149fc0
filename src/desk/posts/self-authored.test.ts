import { expect } from "vitest";
import type { TestPerson } from "../../../test/support/app.ts";
import { buildChannel } from "../../../test/support/builders.ts";
import { test } from "../../../test/support/fixtures/desk-app.ts";

// Where two people are asked for, one's own words are for somebody else to approve.

async function ownWords(person: TestPerson, id: string): Promise<boolean | undefined> {
  const { body } = await person.call("listPosts", { query: { status: "in_review", limit: 100 } });
  const read = await person.call("getPost", { params: { id } });
  const listed = body.items.find((post) => post.id === id)?.ownWords;
  expect(read.body.ownWords).toBe(listed ?? false);
  return listed;
}

test("lists tell whose own words a post is, while it matters", async ({ app }) => {
  const author = await app.owner();
  const approver = await app.member(author, "admin");
  const channelId = (await buildChannel(app.database, author.workspaceId)).id;
  const variantsOf = (text: string) => [{ channelId, content: { parts: [text] } }];
  const made = await author.call("createPost", {
    body: { title: "Two people", variants: variantsOf("One wrote it") },
  });
  const { id } = made.body;
  await author.call("submitPost", { params: { id } });
  expect(await ownWords(author, id)).toBe(false);
  await author.call("updateWorkspace", { body: { separateApprover: true } });
  expect(await ownWords(author, id)).toBe(true);
  expect(await ownWords(approver, id)).toBe(false);
  const { body: seen } = await approver.call("getPost", { params: { id } });
  await approver.call("approvePost", { params: { id }, body: { boundHash: seen.boundHash, note: "" } });
  expect(await ownWords(author, id)).toBeUndefined();
  // After an approval only what was written since counts.
  const edit = { title: "Two people", baseVersion: seen.version, variants: variantsOf("The other wrote it") };
  expect(await approver.call("editPost", { params: { id }, body: edit })).toMatchObject({ status: 200 });
  await approver.call("submitPost", { params: { id } });
  expect(await ownWords(author, id)).toBe(false);
  expect(await ownWords(approver, id)).toBe(true);
});
