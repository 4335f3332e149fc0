import { describe, expect } from "vitest";
import { contentHash } from "#kit";
import { buildMember, buildWorkspace } from "../../../test/support/builders.ts";
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

describe("one occurrence by itself", () => {
  test("edited, moved or given up, it leaves the series and the others stay as they are", async ({
    database,
    desk,
    author,
    approver,
    variants,
    daily,
    approvedSeries,
    waiting,
  }) => {
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
  test("is idempotent and safe with several workers at once", async ({
    database,
    desk,
    author,
    daily,
    approvedSeries,
    waiting,
  }) => {
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

  test("holds an occurrence whose channel was disconnected, says why, and lets it go once it is back", async ({
    clock,
    database,
    desk,
    author,
    channelId,
    daily,
    approvedSeries,
  }) => {
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

  test("tells the dates that passed without an approval, and ends with the rule", async ({
    clock,
    desk,
    author,
    daily,
    makeSeries,
  }) => {
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
