import { expect } from "vitest";
import { asOwner } from "../../../test/support/database.ts";
import { test as base } from "../../../test/support/fixtures/channels.ts";

// Where a channel's posts go is noted with it, and told when it changes.

const test = base
  .extend("actor", ({ world, ada }) => world.actorOf(ada))
  .extend(
    "stored",
    ({ world }) =>
      (id: string) =>
        world.app.database.system
          .selectFrom("channels")
          .select(["target_hash", "target_words", "target_changed_at"])
          .where("id", "=", id)
          .executeTakeFirstOrThrow(),
  )
  .extend("announced", ({ world }) => async (channelId: string): Promise<number> => {
    const events = await asOwner(
      world.app.url,
      "select from events where kind = 'channel.target_changed' and target_id = $1",
      [channelId],
    );
    return events.length;
  })
  /** As an upgrade finds it. */
  .extend("asBefore", ({ world }) => async (id: string): Promise<void> => {
    const nothing = "target_hash = null, target_words = null, target_changed_at = null";
    await asOwner(world.app.url, `update channels set ${nothing} where id = $1`, [id]);
  });

const form = { fromName: "Galley", fromAddress: "news@galley.test", recipients: "ada@galley.test" };

test("the same sender with other recipients is the same channel, and leads elsewhere", async ({
  world,
  actor,
  stored,
  announced,
}) => {
  const { id } = await world.channels.connectForm(actor, "email", form);
  const first = await stored(id);
  expect(first).toMatchObject({ target_changed_at: null });
  expect(first.target_words).toContain("ada@galley.test");
  // Another name for the sender leads nowhere else.
  await world.channels.connectForm(actor, "email", { ...form, fromName: "The Desk" });
  expect(await stored(id)).toEqual(first);
  expect(await announced(id)).toBe(0);
  const again = await world.channels.connectForm(actor, "email", { ...form, recipients: "eve@galley.test" });
  expect(again.id).toBe(id);
  const second = await stored(id);
  expect(second.target_hash).not.toBe(first.target_hash);
  expect(second.target_words).toContain("eve@galley.test");
  expect(second.target_changed_at).not.toBeNull();
  expect(await announced(id)).toBe(1);
});

test("a channel of before gets its fingerprint where it is used, which is no change", async ({
  world,
  ada,
  actor,
  stored,
  asBefore,
}) => {
  const { id } = await world.channels.connectForm(actor, "email", {
    ...form,
    fromAddress: "before@galley.test",
  });
  const connected = await stored(id);
  await asBefore(id);
  await world.channels.open(ada.workspaceId, id, AbortSignal.timeout(10_000));
  expect(await stored(id)).toEqual(connected);
  // Connected again before that, it is compared with what it was until now.
  await asBefore(id);
  await world.channels.connectForm(actor, "email", {
    ...form,
    fromAddress: "before@galley.test",
    recipients: "eve@galley.test",
  });
  expect((await stored(id)).target_changed_at).not.toBeNull();
});
