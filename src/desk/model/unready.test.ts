import { expect } from "vitest";
import { test as base } from "../../../test/support/fixtures/desk.ts";

// A channel that is not set up is left out where somebody says so, with its reason, and never by itself.

const test = base
  .extend("approved", ({ desk, person, channels }) => async (): Promise<string> => {
    const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
    const variants = channels.map((channelId) => ({ channelId, content }));
    const id = await desk.create(person, { title: "Proof", variants });
    await desk.submit(person, id);
    const { boundHash } = await desk.read(person, id);
    await desk.approve(person, id, { boundHash, note: "" });
    return id;
  })
  .extend(
    "breakChannel",
    ({ database }) =>
      async (channelId: string, status: "needs_reconnect" | "disconnected"): Promise<void> => {
        await database.system.updateTable("channels").set({ status }).where("id", "=", channelId).execute();
      },
  )
  .extend("statesOf", ({ database }) => async (postId: string) => {
    const rows = await database.system
      .selectFrom("deliveries")
      .select(["channel_id", "state", "error_code", "error_message"])
      .where("post_id", "=", postId)
      .where("state", "<>", "cancelled")
      .execute();
    return new Map(rows.map((row) => [row.channel_id, row]));
  });

test.for(["needs_reconnect", "disconnected"] as const)(
  "one that is %s: refused by default, skipped where asked, with the reason",
  async (status, { desk, person, channels, approved, breakChannel, statesOf }) => {
    const id = await approved();
    await breakChannel(channels[0], status);
    await expect(desk.publish(person, id)).rejects.toMatchObject({ code: "desk.not_ready" });
    await desk.publish(person, id, "skip");
    const states = await statesOf(id);
    expect(states.get(channels[0])).toMatchObject({ state: "skipped", error_code: `desk.channel_${status}` });
    expect(states.get(channels[0])?.error_message).toContain("@daily");
    expect(states.get(channels[1])).toMatchObject({ state: "scheduled" });
  },
);

test("scheduling and the queue ask the same", async ({
  desk,
  person,
  channels,
  approved,
  breakChannel,
  statesOf,
}) => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  const time = { wall: "2090-01-01T09:00", zone: "UTC" };
  await expect(desk.schedule(person, id, time)).rejects.toMatchObject({ code: "desk.not_ready" });
  await desk.schedule(person, id, { ...time, unready: "skip" });
  expect((await statesOf(id)).get(channels[0])).toMatchObject({ state: "skipped" });
  expect(await desk.read(person, id)).toMatchObject({ status: "scheduled" });
  await desk.queue.addSlot(person, {
    channelId: channels[1],
    weekday: 1,
    time: "10:00",
    zone: "UTC",
  });
  await expect(desk.queue.add(person, id)).rejects.toMatchObject({ code: "desk.not_ready" });
  await desk.queue.add(person, id, "skip");
  expect((await statesOf(id)).get(channels[0])).toMatchObject({ state: "skipped" });
});

test("where none is set up nothing goes out, whatever is asked", async ({
  desk,
  person,
  channels,
  approved,
  breakChannel,
  statesOf,
}) => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await breakChannel(channels[1], "disconnected");
  const publishing = desk.publish(person, id, "skip");
  await expect(publishing).rejects.toMatchObject({ code: "desk.nothing_ready" });
  expect((await statesOf(id)).size).toBe(0);
});

test("skipping never lets out what is wrong with a post", async ({
  database,
  desk,
  person,
  channels,
  approved,
  breakChannel,
}) => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await database.system
    .updateTable("channels")
    .set({ paused_at: new Date() })
    .where("id", "=", channels[1])
    .execute();
  const publishing = desk.publish(person, id, "skip");
  await expect(publishing).rejects.toMatchObject({ code: "desk.not_ready" });
});

test("a post that is out elsewhere is partly published while one of its channels was skipped", async ({
  database,
  desk,
  person,
  channels,
  approved,
  breakChannel,
  statesOf,
}) => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await desk.publish(person, id, "skip");
  const states = await statesOf(id);
  expect(states.get(channels[0])?.state).toBe("skipped");
  for (const state of ["claimed", "in_flight", "rejected"] as const) {
    await database.system
      .updateTable("deliveries")
      .set({ state, fence: 1, lease_until: state === "rejected" ? null : new Date(Date.now() + 600_000) })
      .where("post_id", "=", id)
      .where("channel_id", "=", channels[1])
      .execute();
  }
  await desk.deliverySettled({ workspaceId: person.workspaceId, postIds: [id] });
  expect(await desk.read(person, id)).toMatchObject({ status: "failed" });
});
