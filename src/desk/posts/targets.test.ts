import { expect } from "vitest";
import { asOwner } from "../../../test/support/database.ts";
import { letUndoPass } from "../../../test/support/features/desk.ts";
import { test as base } from "../../../test/support/fixtures/desk.ts";

// An approval says where a post goes. A channel that leads elsewhere voids it as an edit does.

const test = base
  /** As connecting does; true to what the database makes of it. */
  .extend("leadTo", ({ database }) => async (channelId: string, where: string): Promise<void> => {
    await database.system
      .updateTable("channels")
      .set({ target_hash: where, target_words: `${where}@example.org` })
      .where("id", "=", channelId)
      .execute();
  })
  .extend("channels", async ({ channels, leadTo }) => {
    await leadTo(channels[0], "ada");
    await leadTo(channels[1], "ben");
    return channels;
  })
  .extend("variants", ({ channels }) => () => {
    const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
    return channels.map((channelId) => ({ channelId, content }));
  })
  .extend("approved", ({ desk, person, variants }) => async (at?: string): Promise<string> => {
    const id = await desk.create(person, { title: "Proof", variants: variants() });
    if (at !== undefined) await desk.schedule(person, id, { wall: at, zone: "UTC" });
    await desk.submit(person, id);
    const { boundHash } = await desk.read(person, id);
    await desk.approve(person, id, { boundHash, note: "" });
    return id;
  })
  /** What the job does that the database enqueued. */
  .extend("reportTarget", ({ desk, person }) => async (channelId: string): Promise<void> => {
    await desk.targetChanged({ workspaceId: person.workspaceId, channelId });
  })
  .extend(
    "deliveriesOf",
    ({ database }) =>
      (postId: string) =>
        database.system
          .selectFrom("deliveries")
          .select(["channel_id", "state", "error_message"])
          .where("post_id", "=", postId)
          .execute(),
  );

test("approving what was read before the channel led elsewhere is refused", async ({
  desk,
  person,
  channels,
  leadTo,
  variants,
}) => {
  const id = await desk.create(person, { title: "Proof", variants: variants() });
  await desk.submit(person, id);
  const { boundHash } = await desk.read(person, id);
  await leadTo(channels[0], "eve");
  const approving = desk.approve(person, id, { boundHash, note: "" });
  await expect(approving).rejects.toMatchObject({ code: "desk.changed_since_seen" });
});

test("what was approved for elsewhere is not sent, already before anybody was told", async ({
  desk,
  person,
  channels,
  leadTo,
  approved,
}) => {
  const id = await approved();
  await leadTo(channels[0], "eve");
  await expect(desk.publish(person, id)).rejects.toMatchObject({ code: "desk.not_approved" });
});

test("the approval falls with the reason in words, and what was scheduled is taken back", async ({
  desk,
  person,
  channels,
  leadTo,
  approved,
  reportTarget,
  deliveriesOf,
}) => {
  const id = await approved("2090-01-01T09:00");
  await leadTo(channels[0], "eve");
  await reportTarget(channels[0]);
  await reportTarget(channels[0]);
  const post = await desk.read(person, id);
  expect(post).toMatchObject({ status: "draft", approval: null });
  expect(post.lastDecision?.voidedReason).toMatch(/goes to eve@.* now; this was approved for ada@/);
  expect(await deliveriesOf(id)).toEqual([
    expect.objectContaining({ state: "cancelled" }),
    expect.objectContaining({ state: "cancelled" }),
  ]);
  await desk.submit(person, id);
  const { boundHash } = await desk.read(person, id);
  await desk.approve(person, id, { boundHash, note: "" });
  expect(await desk.read(person, id)).toMatchObject({ status: "scheduled" });
});

test("where part is out, only what would go elsewhere is given up, and says why", async ({
  database,
  url,
  desk,
  person,
  channels,
  leadTo,
  approved,
  reportTarget,
  deliveriesOf,
}) => {
  const id = await approved("2090-01-01T09:00");
  await letUndoPass(url);
  for (const state of ["claimed", "in_flight"] as const) {
    await database.system
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
  expect((await desk.read(person, id)).approval).not.toBeNull();
});

test("a series falls as a whole", async ({
  desk,
  person,
  channels,
  leadTo,
  variants,
  reportTarget,
  deliveriesOf,
}) => {
  const postId = await desk.create(person, { title: "Proof", variants: variants() });
  const rule = {
    repeat: { every: "day" as const, interval: 1 },
    time: "08:00",
    zone: "UTC",
    clock: "compatible" as const,
    startsOn: "2090-01-01",
    end: { kind: "never" as const },
  };
  const id = await desk.series.create(person, { postId, rule, ahead: 2 });
  const { boundHash } = await desk.series.read(person, id);
  await desk.series.approve(person, id, { boundHash, note: "" });
  const made = (await desk.series.read(person, id)).dates.flatMap((date) => date.postId ?? []);
  expect(made).toHaveLength(2);
  await leadTo(channels[1], "eve");
  expect(await desk.series.read(person, id)).toMatchObject({ approved: false });
  await reportTarget(channels[1]);
  for (const occurrence of made) {
    for (const row of await deliveriesOf(occurrence)) expect(row.state).toBe("cancelled");
  }
});

test("an approval from before fingerprints stands until its channel comes to lead elsewhere", async ({
  url,
  desk,
  person,
  channels,
  leadTo,
  approved,
  reportTarget,
}) => {
  await asOwner(url, "update channels set target_hash = null, target_words = null");
  const id = await approved("2090-01-01T09:00");
  // The first use after the upgrade notes where the channel leads.
  await leadTo(channels[0], "ada");
  await reportTarget(channels[0]);
  expect(await desk.read(person, id)).toMatchObject({ status: "scheduled" });
  await leadTo(channels[0], "eve");
  await reportTarget(channels[0]);
  expect(await desk.read(person, id)).toMatchObject({ status: "draft", approval: null });
});
