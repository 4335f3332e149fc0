import { describe, expect } from "vitest";
import { frozenHash } from "#delivery";
import { contentHash, sha256 } from "#kit";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import { versionHash } from "../model/binding.ts";

const test = base
  .extend("draft", ({ channels }) => () => {
    const content = { parts: ["words"], link: null, media: [], firstComment: null, options: {} };
    return { title: "Proof", variants: channels.map((channelId) => ({ channelId, content })) };
  })
  .extend("approve", ({ desk, person }) => async (id: string, actor = person) => {
    await desk.submit(person, id);
    const { boundHash } = await desk.read(person, id);
    await desk.approve(actor, id, { boundHash, note: "" });
  })
  /** A worker has begun to send the post on the first channel. */
  .extend("takeOff", ({ database, channels }) => async (postId: string) => {
    for (const state of ["claimed", "in_flight"] as const) {
      await database.system
        .updateTable("deliveries")
        .set({ state, fence: 1, lease_until: new Date(Date.now() + 600_000) })
        .where("post_id", "=", postId)
        .where("channel_id", "=", channels[0])
        .execute();
    }
  });

describe("what has begun to leave", () => {
  test("is told when the post is cancelled; the rest is held back and the post stays", async ({
    database,
    desk,
    person,
    channels,
    draft,
    approve,
    takeOff,
  }) => {
    const id = await desk.create(person, draft());
    await approve(id);
    await desk.publish(person, id);
    await takeOff(id);
    expect(await desk.cancel(person, id)).toEqual({ tooLate: [channels[0]] });
    const post = await desk.read(person, id);
    expect(post).toMatchObject({ status: "publishing", approval: { version: 1 } });
    const states = await database.system
      .selectFrom("deliveries")
      .select(["channel_id", "state"])
      .where("post_id", "=", id)
      .execute();
    expect(new Map(states.map((row) => [row.channel_id, row.state]))).toEqual(
      new Map([
        [channels[0], "in_flight"],
        [channels[1], "cancelled"],
      ]),
    );
  });

  test("keeps a scheduled post from being edited or moved, and nothing of either stands", async ({
    desk,
    person,
    draft,
    approve,
    takeOff,
  }) => {
    const id = await desk.create(person, draft());
    await approve(id);
    await desk.schedule(person, id, { wall: "2090-01-01T09:00", zone: "UTC" });
    await takeOff(id);
    const before = await desk.read(person, id);
    const edit = desk.edit(person, id, {
      ...draft(),
      variants: draft().variants.slice(1),
      baseVersion: before.version,
    });
    await expect(edit).rejects.toMatchObject({ code: "desk.already_publishing" });
    const move = desk.schedule(person, id, { wall: "2091-01-01T09:00", zone: "UTC" });
    await expect(move).rejects.toMatchObject({ code: "desk.already_publishing" });
    expect(await desk.read(person, id)).toEqual(before);
  });
});

describe("a post whose channels were disconnected", () => {
  test("waits for them in the list, can be edited or cancelled, and is published once they are back", async ({
    database,
    desk,
    person,
    draft,
    approve,
  }) => {
    const id = await desk.create(person, draft());
    await approve(id);
    await desk.publish(person, id);
    const { workspaceId } = person;
    async function deliveriesAre(state: "needs_reconnect" | "scheduled"): Promise<string> {
      await database.system
        .updateTable("deliveries")
        .set((row) => ({ state, fence: row("fence", "+", 1) }))
        .where("post_id", "=", id)
        .execute();
      await desk.deliverySettled({ workspaceId, postIds: [id] });
      return (await desk.read(person, id)).status;
    }
    expect(await deliveriesAre("needs_reconnect")).toBe("waiting_for_channel");
    const filter = { search: null, from: null, to: null, cursor: null, limit: 20 };
    const listed = await desk.list(workspaceId, { ...filter, statuses: ["waiting_for_channel"] });
    expect(listed.items).toMatchObject([{ id, status: "waiting_for_channel" }]);
    expect((await desk.list(workspaceId, { ...filter, statuses: ["failed"] })).items).toEqual([]);
    expect((await desk.read(person, id)).allowed).toEqual(expect.arrayContaining(["edit", "cancel"]));
    expect(await deliveriesAre("scheduled")).toBe("publishing");
    await deliveriesAre("needs_reconnect");
    await desk.cancel(person, id);
    expect(await desk.read(person, id)).toMatchObject({ status: "cancelled" });
  });
});

describe("an approval", () => {
  test("is never an agent's, whatever role it acts in", async ({ desk, person, draft, approve }) => {
    const id = await desk.create(person, draft());
    await expect(approve(id, { ...person, kind: "agent" })).rejects.toMatchObject({
      code: "desk.person_needed",
    });
  });

  test("for a time that has passed meanwhile is refused", async ({ clock, desk, person, draft, approve }) => {
    const id = await desk.create(person, draft());
    const soon = new Date(clock.now().getTime() + 120_000);
    await desk.schedule(person, id, { wall: soon.toISOString().slice(0, 16), zone: "UTC" });
    clock.move(180_000);
    await expect(approve(id)).rejects.toMatchObject({ code: "desk.schedule_past" });
  });

  test("falls when its time is moved, and the reason says by whom and to when", async ({
    desk,
    person,
    draft,
    approve,
  }) => {
    const id = await desk.create(person, draft());
    await desk.schedule(person, id, { wall: "2090-01-01T09:00", zone: "UTC" });
    await approve(id);
    await desk.schedule(person, id, { wall: "2090-01-01T10:00", zone: "UTC" });
    const post = await desk.read(person, id);
    expect(post).toMatchObject({ status: "draft", approval: null, schedule: { wall: "2090-01-01T10:00" } });
    expect(post.lastDecision?.voidedReason).toBe(
      `${person.name} moved the post from the approved time to 2090-01-01T10:00 (UTC)`,
    );
  });

  test("for any time lets the post be moved, and one delivery stands for each channel", async ({
    database,
    desk,
    person,
    channels,
    draft,
    approve,
  }) => {
    const id = await desk.create(person, draft());
    await approve(id);
    for (const wall of ["2090-01-01T09:00", "2090-01-02T09:00"]) {
      await desk.schedule(person, id, { wall, zone: "UTC" });
    }
    await desk.unschedule(person, id);
    expect(await desk.read(person, id)).toMatchObject({ status: "approved", schedule: null });
    await desk.publish(person, id);
    const standing = await database.system
      .selectFrom("deliveries")
      .select("channel_id")
      .where("post_id", "=", id)
      .where("state", "<>", "cancelled")
      .execute();
    expect(standing.map((row) => row.channel_id).sort()).toEqual([...channels].sort());
  });

  test("is not enough when a channel was paused since", async ({
    database,
    desk,
    person,
    channels,
    draft,
    approve,
  }) => {
    const id = await desk.create(person, draft());
    await approve(id);
    const pause = (at: Date | null) =>
      database.system.updateTable("channels").set({ paused_at: at }).where("id", "=", channels[1]).execute();
    await pause(new Date());
    try {
      await expect(desk.publish(person, id)).rejects.toMatchObject({ code: "desk.not_ready" });
    } finally {
      await pause(null);
    }
    await desk.publish(person, id);
  });
});

function image(seed: string) {
  return {
    mediaId: "m",
    sha256: sha256(seed),
    mimeType: "image/png",
    bytes: 1,
    width: 1,
    height: 1,
    durationMs: null,
    pages: null,
  };
}

test("the hash of a version changes with the bytes of an image", ({ draft }) => {
  const [first] = draft().variants;
  if (!first) throw new Error("a draft has variants");
  const variants = [{ ...first, content: { ...first.content, media: [{ mediaId: "m", altText: "" }] } }];
  const hash = (seed: string) => versionHash(variants, new Map([["m", image(seed)]]));
  expect(hash("a")).toBe(hash("a"));
  expect(hash("a")).not.toBe(hash("b"));
  expect(() => versionHash(variants, new Map())).toThrow(TypeError);
});

test("an approval of an image from before there were videos still stands", () => {
  const variant = { parts: ["a"], link: null, media: [], firstComment: null, options: {} };
  const { durationMs, pages, ...older } = image("a");
  const now = frozenHash({ variant, media: [{ ...older, durationMs, pages }] });
  expect(now).toBe(contentHash({ variant, media: [older] }));
  expect(frozenHash({ variant, media: [{ ...older, durationMs: 1, pages }] })).not.toBe(now);
});
