import type { Actor } from "#kit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { movableClock, testDesk } from "../../../test/support/features/desk.ts";

// A channel that is not set up is left out where somebody says so, with its reason, and never by itself.

const clock = movableClock();
let setup: Awaited<ReturnType<typeof testDesk>>;
let person: Actor;
let channels: [string, string];

beforeAll(async () => {
  setup = await testDesk(clock);
});
afterAll(() => setup.close());
beforeEach(async () => {
  const { id } = await buildWorkspace(setup.database);
  person = await buildMember(setup.database, id);
  channels = [(await buildChannel(setup.database, id)).id, (await buildChannel(setup.database, id)).id];
});

async function approved(): Promise<string> {
  const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
  const variants = channels.map((channelId) => ({ channelId, content }));
  const id = await setup.desk.create(person, { title: "Proof", variants });
  await setup.desk.submit(person, id);
  const { boundHash } = await setup.desk.read(person, id);
  await setup.desk.approve(person, id, { boundHash, note: "" });
  return id;
}

async function breakChannel(channelId: string, status: "needs_reconnect" | "disconnected"): Promise<void> {
  await setup.database.system.updateTable("channels").set({ status }).where("id", "=", channelId).execute();
}

async function statesOf(postId: string) {
  const rows = await setup.database.system
    .selectFrom("deliveries")
    .select(["channel_id", "state", "error_code", "error_message"])
    .where("post_id", "=", postId)
    .where("state", "<>", "cancelled")
    .execute();
  return new Map(rows.map((row) => [row.channel_id, row]));
}

test.each(["needs_reconnect", "disconnected"] as const)(
  "one that is %s: refused by default, skipped where asked, with the reason",
  async (status) => {
    const id = await approved();
    await breakChannel(channels[0], status);
    await expect(setup.desk.publish(person, id)).rejects.toMatchObject({ code: "desk.not_ready" });
    await setup.desk.publish(person, id, "skip");
    const states = await statesOf(id);
    expect(states.get(channels[0])).toMatchObject({ state: "skipped", error_code: `desk.channel_${status}` });
    expect(states.get(channels[0])?.error_message).toContain("@daily");
    expect(states.get(channels[1])).toMatchObject({ state: "scheduled" });
  },
);

test("scheduling and the queue ask the same", async () => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  const time = { wall: "2090-01-01T09:00", zone: "UTC" };
  await expect(setup.desk.schedule(person, id, time)).rejects.toMatchObject({ code: "desk.not_ready" });
  await setup.desk.schedule(person, id, { ...time, unready: "skip" });
  expect((await statesOf(id)).get(channels[0])).toMatchObject({ state: "skipped" });
  expect(await setup.desk.read(person, id)).toMatchObject({ status: "scheduled" });
  await setup.desk.queue.addSlot(person, {
    channelId: channels[1],
    weekday: 1,
    time: "10:00",
    zone: "UTC",
  });
  await expect(setup.desk.queue.add(person, id)).rejects.toMatchObject({ code: "desk.not_ready" });
  await setup.desk.queue.add(person, id, "skip");
  expect((await statesOf(id)).get(channels[0])).toMatchObject({ state: "skipped" });
});

test("where none is set up nothing goes out, whatever is asked", async () => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await breakChannel(channels[1], "disconnected");
  const publishing = setup.desk.publish(person, id, "skip");
  await expect(publishing).rejects.toMatchObject({ code: "desk.nothing_ready" });
  expect((await statesOf(id)).size).toBe(0);
});

test("skipping never lets out what is wrong with a post", async () => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await setup.database.system
    .updateTable("channels")
    .set({ paused_at: new Date() })
    .where("id", "=", channels[1])
    .execute();
  const publishing = setup.desk.publish(person, id, "skip");
  await expect(publishing).rejects.toMatchObject({ code: "desk.not_ready" });
});

test("a post that is out elsewhere is partly published while one of its channels was skipped", async () => {
  const id = await approved();
  await breakChannel(channels[0], "needs_reconnect");
  await setup.desk.publish(person, id, "skip");
  const states = await statesOf(id);
  expect(states.get(channels[0])?.state).toBe("skipped");
  for (const state of ["claimed", "in_flight", "rejected"] as const) {
    await setup.database.system
      .updateTable("deliveries")
      .set({ state, fence: 1, lease_until: state === "rejected" ? null : new Date(Date.now() + 600_000) })
      .where("post_id", "=", id)
      .where("channel_id", "=", channels[1])
      .execute();
  }
  await setup.desk.deliverySettled({ workspaceId: person.workspaceId, postIds: [id] });
  expect(await setup.desk.read(person, id)).toMatchObject({ status: "failed" });
});
