import { expect } from "vitest";
import type { Connector } from "#connectors";
import { fingerprintOf } from "#connectors";
import { contentHash, newId } from "#kit";
import { sweepUntil, textVariant } from "../../../test/support/features/delivery.ts";
import { testOnSharedSandbox as base } from "../../../test/support/fixtures/delivery.ts";
import type { Deliveries } from "../deliveries.ts";
import { frozenHash } from "../model/frozen-content.ts";

// What was approved for one place never goes to another, whoever changed the channel and however late.

const test = base
  /** The sandbox, with a place to go that a test moves. */
  .extend("leadingTo", ({ platform }) => (where: () => string): Connector => ({
    ...platform.connector,
    target: () => ({ facts: { where: where() }, words: where() }),
  }))
  .extend("order", ({ fixture }) => async (deliveries: Deliveries, text: string, target: string) => {
    const { database, workspaceId, channelId, approverId } = fixture;
    const content = textVariant(text);
    const hash = frozenHash({ variant: content, media: [] });
    const binding = { at: null, variants: [{ channelId, hash, target }] };
    const [postId, approvalId] = [newId(), newId()];
    await database.inWorkspace(workspaceId, async (transaction) => {
      await transaction
        .insertInto("posts")
        .values({
          workspace_id: workspaceId,
          id: postId,
          title: text,
          status: "publishing",
          content_hash: "0",
        })
        .execute();
      await transaction
        .insertInto("approvals")
        .values({
          workspace_id: workspaceId,
          id: approvalId,
          post_id: postId,
          version: 1,
          bound_hash: contentHash(binding),
          decision: "approved",
          decided_by: approverId,
        })
        .execute();
      await deliveries.request(transaction, {
        workspaceId,
        postId,
        approval: { id: approvalId, decidedBy: approverId, binding },
        variants: [{ channelId, content, media: [] }],
        dueAt: new Date(Date.now() - 100),
        graceSeconds: 3_600,
      });
    });
    return postId;
  })
  .extend("note", ({ server, fixture }) => async (connector: Connector): Promise<string> => {
    const found = await fingerprintOf(connector, { settings: {}, credentials: {}, accountId: "" });
    await server.database.system
      .updateTable("channels")
      .set({ target_hash: found.hash, target_words: found.words })
      .where("id", "=", fixture.channelId)
      .execute();
    return found.hash;
  })
  .extend("outcome", ({ fixture }) => async (deliveries: Deliveries, postId: string) => {
    const read = async () => (await deliveries.forPost(fixture.workspaceId, postId))[0];
    await sweepUntil(deliveries, async () => ["confirmed", "rejected"].includes((await read())?.state ?? ""));
    return read();
  });

test("a channel that leads elsewhere once it is opened gets nothing", async ({
  server,
  platform,
  leadingTo,
  order,
  note,
  outcome,
}) => {
  let where = "ada";
  const connector = leadingTo(() => where);
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const target = await note(connector);
  expect(await outcome(deliveries, await order(deliveries, "stays", target))).toMatchObject({
    state: "confirmed",
  });
  const postId = await order(deliveries, "strays", target);
  // The installation's settings changed: nobody has noted it yet.
  where = "eve";
  const view = await outcome(deliveries, postId);
  expect(view).toMatchObject({ state: "rejected", attempts: [], error: { code: "delivery.target_changed" } });
  expect(view?.error?.message).toContain("eve");
  expect((await platform.journal()).map(({ text }) => text)).toEqual(["stays"]);
});

test("the database refuses the intent where the noted target is another one", async ({
  server,
  platform,
  leadingTo,
  order,
  note,
  outcome,
}) => {
  const connector = leadingTo(() => "ada");
  const deliveries = platform.deliveries(server.database, { speaking: connector });
  const target = await note(connector);
  const postId = await order(deliveries, "refused by the database", target);
  await note(leadingTo(() => "eve"));
  const view = await outcome(deliveries, postId);
  expect(view).toMatchObject({ state: "rejected", attempts: [], error: { code: "delivery.target_changed" } });
});
