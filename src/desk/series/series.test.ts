import { describe, expect } from "vitest";
import { contentHash } from "#kit";
import { buildMember, buildWorkspace } from "../../../test/support/builders.ts";
import { letUndoPass } from "../../../test/support/features/desk.ts";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import type { SeriesRule } from "./rule.schema.ts";
import { localDate } from "./rule.ts";

const test = base
  .extend(
    "workspaceId",
    async ({ database }) => (await buildWorkspace(database, { separateApprover: true })).id,
  )
  .extend("author", ({ database, workspaceId }) => buildMember(database, workspaceId, "editor"))
  .extend("approver", ({ person }) => person)
  .extend("variants", ({ channelId }) => (text: string) => [
    { channelId, content: { parts: [text], link: null, media: [], firstComment: null, options: {} } },
  ])
  .extend("daily", ({ clock }) => (rest: Partial<SeriesRule> = {}): SeriesRule => ({
    repeat: { every: "day", interval: 1 },
    time: "12:00",
    zone,
    clock: "compatible",
    // Tomorrow, so that no run of this test falls on the hour itself.
    startsOn: localDate(new Date(clock.now().getTime() + 86_400_000), zone),
    end: { kind: "never" },
    ...rest,
  }))
  .extend(
    "makeSeries",
    ({ desk, author, variants, daily }) =>
      async (text: string, { ahead = 3, rule = daily() } = {}): Promise<string> => {
        const postId = await desk.create(author, { title: "Daily proof", variants: variants(text) });
        return desk.series.create(author, { postId, rule, ahead });
      },
  )
  .extend("approve", ({ desk, approver }) => async (id: string, actor = approver): Promise<void> => {
    const { boundHash } = await desk.series.read(actor, id);
    await desk.series.approve(actor, id, { boundHash, note: "every day" });
  })
  .extend(
    "approvedSeries",
    ({ desk, approver, makeSeries, approve }) =>
      async (text: string, options?: Parameters<typeof makeSeries>[1]) => {
        const id = await makeSeries(text, options);
        await approve(id);
        const { dates } = await desk.series.read(approver, id);
        return { id, posts: dates.flatMap(({ postId }) => postId ?? []) };
      },
  )
  /** What waits to go out of these posts, each checked against the approval that stands. */
  .extend("waiting", ({ database }) => async (postIds: string[]) => {
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
  });

const zone = "Europe/Berlin";

describe("the approval of a series", () => {
  test("makes nothing before it, and afterwards binds content and time of each occurrence", async ({
    desk,
    approver,
    makeSeries,
    approve,
    waiting,
  }) => {
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

  test("is for what was seen, by somebody else than who wrote it, and by a person", async ({
    desk,
    author,
    approver,
    daily,
    makeSeries,
    approve,
  }) => {
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

  test("falls with an edit of the template, and everything it approved is taken back", async ({
    desk,
    author,
    approver,
    variants,
    approve,
    approvedSeries,
    waiting,
  }) => {
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

  test("falls with a change of the rule, and not with a new title or how many are made ahead", async ({
    desk,
    author,
    variants,
    daily,
    approvedSeries,
    waiting,
  }) => {
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

  test("does not let the template itself go out", async ({ desk, workspaceId, approver, makeSeries }) => {
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

  test("cannot be borrowed: the database refuses a derived approval that the series does not give", async ({
    database,
    desk,
    author,
    approver,
    variants,
    approvedSeries,
  }) => {
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

  test("cannot fall in the database while something it approved still waits", async ({
    database,
    desk,
    approver,
    approvedSeries,
  }) => {
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

describe("a series", () => {
  test("is paused and goes on under its approval, without the dates between", async ({
    clock,
    desk,
    approver,
    daily,
    approvedSeries,
    waiting,
  }) => {
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

  test("that is removed takes back what waits and keeps what was published", async ({
    database,
    url,
    desk,
    workspaceId,
    approver,
    daily,
    approvedSeries,
    waiting,
  }) => {
    const { id, posts } = await approvedSeries("Removed", { ahead: 2, rule: daily() });
    const [published = ""] = posts;
    await letUndoPass(url);
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

  test("with a rule that cannot be is not made", async ({ desk, author, variants, daily }) => {
    const postId = await desk.create(author, { title: "x", variants: variants("y") });
    const rule = daily({ end: { kind: "count", count: 100_000 } });
    await expect(desk.series.create(author, { postId, rule, ahead: 1 })).rejects.toMatchObject({
      code: "desk.series_rule",
      problems: [{ path: "/rule/end/count" }],
    });
  });

  test("shows its planned dates to a calendar until they are posts", async ({
    clock,
    desk,
    workspaceId,
    channelId,
    makeSeries,
    approve,
  }) => {
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
