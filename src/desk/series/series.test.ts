import { type Actor, contentHash } from "#kit";
import type { Database } from "#platform/db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildChannel, buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { letUndoPass, movableClock, testDesk } from "../../../test/support/features/desk.ts";
import type { Desk } from "../desk.ts";
import { localDate } from "./rule.ts";
import type { SeriesRule } from "./rule.schema.ts";

const clock = movableClock();
const zone = "Europe/Berlin";
let setup: Awaited<ReturnType<typeof testDesk>>;
let database: Database;
let desk: Desk;
let workspaceId: string;
let author: Actor;
let approver: Actor;
let channelId: string;

beforeAll(async () => {
  setup = await testDesk(clock);
  ({ database, desk } = setup);
  workspaceId = (await buildWorkspace(database, { separateApprover: true })).id;
  author = await buildMember(database, workspaceId, "editor");
  approver = await buildMember(database, workspaceId);
  channelId = (await buildChannel(database, workspaceId)).id;
});
afterAll(() => setup.close());

function variants(text: string) {
  return [{ channelId, content: { parts: [text], link: null, media: [], firstComment: null, options: {} } }];
}

function daily(rest: Partial<SeriesRule> = {}): SeriesRule {
  return {
    repeat: { every: "day", interval: 1 },
    time: "12:00",
    zone,
    clock: "compatible",
    // Tomorrow, so that no run of this test falls on the hour itself.
    startsOn: localDate(new Date(clock.now().getTime() + 86_400_000), zone),
    end: { kind: "never" },
    ...rest,
  };
}

async function makeSeries(text: string, { ahead = 3, rule = daily() } = {}): Promise<string> {
  const postId = await desk.create(author, { title: "Daily proof", variants: variants(text) });
  return desk.series.create(author, { postId, rule, ahead });
}

async function approve(id: string, actor = approver): Promise<void> {
  const { boundHash } = await desk.series.read(actor, id);
  await desk.series.approve(actor, id, { boundHash, note: "every day" });
}

async function approvedSeries(text: string, options?: Parameters<typeof makeSeries>[1]) {
  const id = await makeSeries(text, options);
  await approve(id);
  const { dates } = await desk.series.read(approver, id);
  return { id, posts: dates.flatMap(({ postId }) => postId ?? []) };
}

/** What waits to go out of these posts, each checked against the approval that stands. */
async function waiting(postIds: string[]) {
  if (postIds.length === 0) return [];
  const rows = await database.system
    .selectFrom("deliveries as d")
    .innerJoin("approvals as a", (join) =>
      join.onRef("a.id", "=", "d.approval_id").onRef("a.workspace_id", "=", "d.workspace_id"),
    )
    .select(["d.post_id", "d.due_at", "d.content", "d.approval_binding", "a.bound_hash", "a.voided_at"])
    .select(["a.decided_by", "a.series_approval_id"])
    .where("d.post_id", "in", postIds)
    .where("d.state", "=", "scheduled")
    .orderBy("d.due_at")
    .execute();
  for (const row of rows) {
    expect(row.voided_at).toBeNull();
    expect(contentHash(row.approval_binding)).toBe(row.bound_hash);
    expect(row.approval_binding).toMatchObject({
      at: row.due_at.toISOString(),
      variants: [{ hash: contentHash(row.content) }],
    });
  }
  return rows;
}

describe("the approval of a series", () => {
  test("makes nothing before it, and afterwards binds content and time of each occurrence", async () => {
    const id = await makeSeries("Good morning");
    const before = await desk.series.read(approver, id);
    expect(before).toMatchObject({ approved: false, approval: null });
    expect(before.dates.every(({ postId }) => postId === null)).toBe(true);
    await approve(id);
    const after = await desk.series.read(approver, id);
    expect(after).toMatchObject({ approved: true, approval: { decidedBy: { id: approver.userId } } });
    const made = after.dates.filter(({ postId }) => postId !== null);
    expect(made.map(({ status }) => status)).toEqual(["scheduled", "scheduled", "scheduled"]);
    const rows = await waiting(made.flatMap(({ postId }) => postId ?? []));
    expect(rows.map((row) => row.due_at)).toEqual(made.map(({ at }) => at));
    expect(rows.every((row) => row.decided_by === approver.userId)).toBe(true);
    expect(new Set(rows.map((row) => row.series_approval_id))).toEqual(new Set([after.approval?.id]));
  });

  test("is for what was seen, by somebody else than who wrote it, and by a person", async () => {
    const id = await makeSeries("Not mine");
    const seen = await desk.series.read(approver, id);
    await desk.series.change(author, id, { rule: daily({ time: "13:00" }) });
    await expect(
      desk.series.approve(approver, id, { boundHash: seen.boundHash, note: "" }),
    ).rejects.toMatchObject({ code: "desk.changed_since_seen" });
    const writer = { ...author, role: "owner" as const };
    await expect(approve(id, writer)).rejects.toMatchObject({ code: "desk.own_words" });
    await expect(approve(id, author)).rejects.toMatchObject({ code: "desk.not_permitted" });
    for (const [who, own] of [
      [writer, true],
      [approver, false],
    ] as const) {
      const view = await desk.series.read(who, id);
      expect(view.ownWords).toBe(own);
      expect(view.refused.some(({ action }) => action === "approve")).toBe(own);
      const listed = (await desk.series.list(who)).find((series) => series.id === id);
      expect(listed?.ownWords).toBe(own);
    }
    await expect(approve(id, { ...approver, kind: "agent" })).rejects.toMatchObject({
      code: "desk.not_permitted",
    });
    await approve(id);
    await expect(approve(id)).rejects.toMatchObject({ code: "desk.series_approved" });
  });

  test("falls with an edit of the template, and everything it approved is taken back", async () => {
    const { id, posts } = await approvedSeries("First words");
    const { templateId, templateVersion } = await desk.series.read(author, id);
    await desk.edit(author, templateId, {
      title: "Daily proof",
      variants: variants("Second words"),
      baseVersion: templateVersion,
    });
    expect(await waiting(posts)).toEqual([]);
    const fallen = await desk.series.read(approver, id);
    expect(fallen).toMatchObject({ approved: false });
    expect(fallen.approval?.voidedReason).toContain("edited the template");
    await desk.series.sweep.run(AbortSignal.timeout(10_000));
    expect((await desk.series.read(approver, id)).dates.every(({ postId }) => postId === null)).toBe(true);

    await approve(id);
    const again = (await desk.series.read(approver, id)).dates.flatMap(({ postId }) => postId ?? []);
    const rows = await waiting(again);
    expect(rows).toHaveLength(3);
    for (const { content } of rows) expect(JSON.stringify(content)).toContain("Second words");
  });

  test("falls with a change of the rule, and not with a new title or how many are made ahead", async () => {
    const { id, posts } = await approvedSeries("Rule words");
    const { templateId, templateVersion } = await desk.series.read(author, id);
    await desk.edit(author, templateId, {
      title: "Another name",
      variants: variants("Rule words"),
      baseVersion: templateVersion,
    });
    await desk.series.change(author, id, { ahead: 5 });
    await desk.series.change(author, id, { rule: daily() });
    expect(await waiting(posts)).toHaveLength(3);
    await desk.series.change(author, id, { rule: daily({ time: "15:00" }) });
    expect(await waiting(posts)).toEqual([]);
  });

  test("does not let the template itself go out", async () => {
    const id = await makeSeries("Template");
    const { templateId } = await desk.series.read(approver, id);
    for (const step of [
      () => desk.submit(approver, templateId),
      () => desk.publish(approver, templateId),
      () => desk.schedule(approver, templateId, { wall: "2090-01-01T09:00", zone }),
      () => desk.remove(approver, templateId),
    ]) {
      await expect(step()).rejects.toMatchObject({ code: "desk.template" });
    }
    const { items } = await desk.list(workspaceId, {
      statuses: [],
      search: null,
      from: null,
      to: null,
      cursor: null,
      limit: 100,
    });
    expect(items.map((post) => post.id)).not.toContain(templateId);
  });

  test("cannot be borrowed: the database refuses a derived approval that the series does not give", async () => {
    const { posts, id } = await approvedSeries("Borrowed");
    const { approval, templateId, templateVersion } = await desk.series.read(approver, id);
    const other = await desk.create(author, { title: "Other", variants: variants("Something else") });
    const [occurrence = ""] = posts;
    const row = await database.system
      .selectFrom("approvals")
      .selectAll()
      .where("post_id", "=", occurrence)
      .executeTakeFirstOrThrow();
    const forged = {
      ...row,
      id: crypto.randomUUID(),
      targets: JSON.stringify(row.targets),
      post_id: other,
      series_approval_id: approval?.id ?? null,
    };
    await expect(database.system.insertInto("approvals").values(forged).execute()).rejects.toThrow(
      "binds its own occurrences alone",
    );
    await desk.edit(author, templateId, {
      title: "x",
      variants: variants("Fallen"),
      baseVersion: templateVersion,
    });
    const late = { ...forged, id: crypto.randomUUID(), post_id: occurrence };
    await expect(database.system.insertInto("approvals").values(late).execute()).rejects.toThrow(
      "does not stand",
    );
  });

  test("cannot fall in the database while something it approved still waits", async () => {
    const { id } = await approvedSeries("Waiting");
    const { approval } = await desk.series.read(approver, id);
    await expect(
      database.system
        .updateTable("series_approvals")
        .set({ voided_at: new Date(), voided_reason: "by hand" })
        .where("id", "=", approval?.id ?? "")
        .execute(),
    ).rejects.toThrow("still wait to go out");
  });
});

describe("one occurrence by itself", () => {
  test("edited, moved or given up, it leaves the series and the others stay as they are", async () => {
    const { id, posts } = await approvedSeries("Alone", { ahead: 4, rule: daily() });
    const [edited = "", moved = "", skipped = "", kept = ""] = posts;
    const { version } = await desk.read(author, edited);
    await desk.edit(author, edited, { title: "x", variants: variants("Only today"), baseVersion: version });
    await desk.schedule(author, moved, { wall: "2090-01-01T09:00", zone });
    await desk.cancel(author, skipped);
    expect((await waiting(posts)).map((row) => row.post_id)).toEqual([kept]);
    expect((await desk.read(author, edited)).status).toBe("draft");
    expect((await desk.read(author, edited)).series).toMatchObject({ id, follows: false });

    // Its own approval, by the ordinary way.
    await desk.submit(author, edited);
    const { boundHash } = await desk.read(approver, edited);
    await desk.approve(approver, edited, { boundHash, note: "" });
    expect((await waiting(posts)).map((row) => row.post_id)).toEqual([edited, kept]);

    // Neither is made anew, and an edit of the template touches neither.
    await database.system
      .updateTable("series")
      .set({ next_run_at: new Date(0) })
      .execute();
    await desk.series.sweep.run(AbortSignal.timeout(10_000));
    const { templateId, templateVersion, dates } = await desk.series.read(author, id);
    expect(dates.flatMap(({ postId }) => postId ?? [])).toEqual(posts);
    await desk.edit(author, templateId, {
      title: "x",
      variants: variants("New template"),
      baseVersion: templateVersion,
    });
    expect((await waiting(posts)).map((row) => row.post_id)).toEqual([edited]);
  });
});

describe("making what lies ahead", () => {
  test("is idempotent and safe with several workers at once", async () => {
    const { id, posts } = await approvedSeries("Workers", { ahead: 2, rule: daily() });
    await desk.series.change(author, id, { ahead: 6 });
    const rounds = Array.from({ length: 6 }, () => desk.series.sweep.run(AbortSignal.timeout(20_000)));
    await Promise.all(rounds);
    await desk.series.sweep.run(AbortSignal.timeout(20_000));
    const { dates } = await desk.series.read(author, id);
    const made = dates.flatMap(({ postId }) => postId ?? []);
    expect(made.slice(0, 2)).toEqual(posts);
    expect(made).toHaveLength(6);
    expect(await waiting(made)).toHaveLength(6);
    const count = await database.system
      .selectFrom("approvals")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("post_id", "in", made)
      .executeTakeFirstOrThrow();
    expect(count.count).toBe(6);
  });

  test("holds an occurrence whose channel was disconnected, says why, and lets it go once it is back", async () => {
    const { id } = await approvedSeries("Held", { ahead: 1, rule: daily() });
    await database.system
      .updateTable("channels")
      .set({ status: "disconnected" })
      .where("id", "=", channelId)
      .execute();
    await desk.series.change(author, id, { ahead: 2 });
    await desk.series.sweep.run(AbortSignal.timeout(20_000));
    const held = (await desk.series.read(author, id)).dates[1];
    expect(held).toMatchObject({ status: "draft", reason: expect.stringContaining("is disconnected") });
    // What was scheduled before is not lost either: it stays, and its page names the problem.
    const first = (await desk.series.read(author, id)).dates[0];
    const page = await desk.read(author, first?.postId ?? "");
    expect(page.status).toBe("scheduled");
    expect(page.checks[0]?.problems[0]?.code).toBe("desk.channel_disconnected");

    await database.system
      .updateTable("channels")
      .set({ status: "connected" })
      .where("id", "=", channelId)
      .execute();
    clock.move(400_000);
    await desk.series.sweep.run(AbortSignal.timeout(20_000));
    const { dates } = await desk.series.read(author, id);
    expect(dates[1]).toMatchObject({ postId: held?.postId, status: "scheduled", reason: null });
  });

  test("tells the dates that passed without an approval, and ends with the rule", async () => {
    const rule = daily({ end: { kind: "count", count: 3 } });
    const id = await makeSeries("Too late", { ahead: 5, rule });
    clock.move(86_400_000 * 2);
    await desk.series.sweep.run(AbortSignal.timeout(20_000));
    const { dates, state } = await desk.series.read(author, id);
    expect(state).toBe("active");
    expect(dates.filter(({ reason }) => reason !== null).map(({ reason }) => reason)).toContain(
      "The series was not approved in time.",
    );
    clock.move(86_400_000 * 3);
    await desk.series.sweep.run(AbortSignal.timeout(20_000));
    const ended = await desk.series.read(author, id);
    expect(ended.state).toBe("ended");
    expect(ended.dates.filter(({ postId }) => postId === null)).toHaveLength(3);
  });
});

describe("a series", () => {
  test("is paused and goes on under its approval, without the dates between", async () => {
    const { id, posts } = await approvedSeries("Paused", { ahead: 2, rule: daily() });
    await desk.series.pause(approver, id);
    expect(await waiting(posts)).toEqual([]);
    clock.move(86_400_000 * 2);
    await desk.series.resume(approver, id);
    const { dates, approved, state } = await desk.series.read(approver, id);
    expect({ approved, state }).toEqual({ approved: true, state: "active" });
    expect(dates.some(({ reason }) => reason === "The series was paused.")).toBe(true);
    expect(await waiting(dates.flatMap(({ postId }) => postId ?? []))).toHaveLength(2);
    await expect(desk.series.resume(approver, id)).rejects.toMatchObject({ code: "desk.series_state" });
  });

  test("that is removed takes back what waits and keeps what was published", async () => {
    const { id, posts } = await approvedSeries("Removed", { ahead: 2, rule: daily() });
    const [published = ""] = posts;
    await letUndoPass(setup.url);
    for (const state of ["claimed", "in_flight", "rejected"] as const) {
      await database.system
        .updateTable("deliveries")
        .set({ state, fence: 1, lease_until: state === "rejected" ? null : new Date(Date.now() + 600_000) })
        .where("post_id", "=", published)
        .execute();
    }
    await desk.deliverySettled({ workspaceId, postIds: [published] });
    await desk.series.remove(approver, id);
    expect(await waiting(posts)).toEqual([]);
    await expect(desk.series.read(approver, id)).rejects.toMatchObject({ code: "desk.series_not_found" });
    expect((await desk.read(approver, published)).status).toBe("failed");
  });

  test("with a rule that cannot be is not made", async () => {
    const postId = await desk.create(author, { title: "x", variants: variants("y") });
    const rule = daily({ end: { kind: "count", count: 100_000 } });
    await expect(desk.series.create(author, { postId, rule, ahead: 1 })).rejects.toMatchObject({
      code: "desk.series_rule",
      problems: [{ path: "/rule/end/count" }],
    });
  });

  test("shows its planned dates to a calendar until they are posts", async () => {
    const id = await makeSeries("Planned");
    const span = { from: clock.now(), to: new Date(clock.now().getTime() + 86_400_000 * 30) };
    const own = async () =>
      (await desk.series.planned(workspaceId, span)).filter(({ seriesId }) => seriesId === id);
    const planned = await own();
    expect(planned.length).toBeGreaterThan(25);
    expect(planned[0]).toMatchObject({ approved: false, title: "Daily proof", channels: [{ channelId }] });
    await approve(id);
    expect(await own()).toHaveLength(planned.length - 3);
  });
});
