import type { Actor } from "#kit";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { asOwner } from "../../../test/support/database.ts";
import { letUndoPass, movableClock, testDesk } from "../../../test/support/features/desk.ts";

// An approval says where a post goes. A channel that leads elsewhere voids it as an edit does.

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
  await leadTo(channels[0], "ada");
  await leadTo(channels[1], "ben");
});

/** As connecting does; true to what the database makes of it. */
async function leadTo(channelId: string, where: string): Promise<void> {
  await setup.database.system
    .updateTable("channels")
    .set({ target_hash: where, target_words: `${where}@example.org` })
    .where("id", "=", channelId)
    .execute();
}

function variants() {
  const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
  return channels.map((channelId) => ({ channelId, content }));
}

async function approved(at?: string): Promise<string> {
  const id = await setup.desk.create(person, { title: "Proof", variants: variants() });
  if (at !== undefined) await setup.desk.schedule(person, id, { wall: at, zone: "UTC" });
  await setup.desk.submit(person, id);
  const { boundHash } = await setup.desk.read(person, id);
  await setup.desk.approve(person, id, { boundHash, note: "" });
  return id;
}

/** What the job does that the database enqueued. */
async function reportTarget(channelId: string): Promise<void> {
  await setup.desk.targetChanged({ workspaceId: person.workspaceId, channelId });
}

function deliveriesOf(postId: string) {
  return setup.database.system
    .selectFrom("deliveries")
    .select(["channel_id", "state", "error_message"])
    .where("post_id", "=", postId)
    .execute();
}

test("approving what was read before the channel led elsewhere is refused", async () => {
  const id = await setup.desk.create(person, { title: "Proof", variants: variants() });
  await setup.desk.submit(person, id);
  const { boundHash } = await setup.desk.read(person, id);
  await leadTo(channels[0], "eve");
  const approving = setup.desk.approve(person, id, { boundHash, note: "" });
  await expect(approving).rejects.toMatchObject({ code: "desk.changed_since_seen" });
});

test("what was approved for elsewhere is not sent, already before anybody was told", async () => {
  const id = await approved();
  await leadTo(channels[0], "eve");
  await expect(setup.desk.publish(person, id)).rejects.toMatchObject({ code: "desk.not_approved" });
});

test("the approval falls with the reason in words, and what was scheduled is taken back", async () => {
  const id = await approved("2090-01-01T09:00");
  await leadTo(channels[0], "eve");
  await reportTarget(channels[0]);
  await reportTarget(channels[0]);
  const post = await setup.desk.read(person, id);
  expect(post).toMatchObject({ status: "draft", approval: null });
  expect(post.lastDecision?.voidedReason).toMatch(/goes to eve@.* now; this was approved for ada@/);
  expect(await deliveriesOf(id)).toEqual([
    expect.objectContaining({ state: "cancelled" }),
    expect.objectContaining({ state: "cancelled" }),
  ]);
  await setup.desk.submit(person, id);
  const { boundHash } = await setup.desk.read(person, id);
  await setup.desk.approve(person, id, { boundHash, note: "" });
  expect(await setup.desk.read(person, id)).toMatchObject({ status: "scheduled" });
});

test("where part is out, only what would go elsewhere is given up, and says why", async () => {
  const id = await approved("2090-01-01T09:00");
  await letUndoPass(setup.url);
  for (const state of ["claimed", "in_flight"] as const) {
    await setup.database.system
      .updateTable("deliveries")
      .set({ state, fence: 1, lease_until: new Date(Date.now() + 600_000) })
      .where("post_id", "=", id)
      .where("channel_id", "=", channels[1])
      .execute();
  }
  await leadTo(channels[0], "eve");
  await reportTarget(channels[0]);
  const rows = await deliveriesOf(id);
  expect(rows.find((row) => row.channel_id === channels[1])).toMatchObject({ state: "in_flight" });
  const given = rows.find((row) => row.channel_id === channels[0]);
  expect(given?.state).toBe("cancelled");
  expect(given?.error_message).toContain("goes to eve@");
  expect((await setup.desk.read(person, id)).approval).not.toBeNull();
});

test("a series falls as a whole", async () => {
  const postId = await setup.desk.create(person, { title: "Proof", variants: variants() });
  const rule = {
    repeat: { every: "day" as const, interval: 1 },
    time: "08:00",
    zone: "UTC",
    clock: "compatible" as const,
    startsOn: "2090-01-01",
    end: { kind: "never" as const },
  };
  const id = await setup.desk.series.create(person, { postId, rule, ahead: 2 });
  const { boundHash } = await setup.desk.series.read(person, id);
  await setup.desk.series.approve(person, id, { boundHash, note: "" });
  const made = (await setup.desk.series.read(person, id)).dates.flatMap((date) => date.postId ?? []);
  expect(made).toHaveLength(2);
  await leadTo(channels[1], "eve");
  expect(await setup.desk.series.read(person, id)).toMatchObject({ approved: false });
  await reportTarget(channels[1]);
  for (const occurrence of made) {
    for (const row of await deliveriesOf(occurrence)) expect(row.state).toBe("cancelled");
  }
});

test("an approval from before fingerprints stands until its channel comes to lead elsewhere", async () => {
  await asOwner(setup.url, "update channels set target_hash = null, target_words = null");
  const id = await approved("2090-01-01T09:00");
  // The first use after the upgrade notes where the channel leads.
  await leadTo(channels[0], "ada");
  await reportTarget(channels[0]);
  expect(await setup.desk.read(person, id)).toMatchObject({ status: "scheduled" });
  await leadTo(channels[0], "eve");
  await reportTarget(channels[0]);
  expect(await setup.desk.read(person, id)).toMatchObject({ status: "draft", approval: null });
});
