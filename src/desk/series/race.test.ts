import * as fc from "fast-check";
import { expect } from "vitest";
import { type Actor, contentHash } from "#kit";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import { DeskError } from "../model/errors.ts";
import { localDate } from "./rule.ts";

/**
 * The first promise for what repeats: whatever people do to a series, its template and single occurrences, up to
 * three things at a time, all that waits to go out hashes to an approval that stands, and where that approval
 * stems from a series, the series' own stands and binds the same words.
 */

const test = base
  .extend("variants", ({ channelId }) => (text: string) => [
    { channelId, content: { parts: [text], link: null, media: [], firstComment: null, options: {} } },
  ])
  .extend("rule", ({ clock }) => (time: string) => ({
    repeat: { every: "day" as const, interval: 1 },
    time,
    zone: "Asia/Tokyo",
    clock: "compatible" as const,
    startsOn: localDate(new Date(clock.now().getTime() + 2 * 86_400_000), "Asia/Tokyo"),
    end: { kind: "never" as const },
  }))
  .extend(
    "editTemplate",
    ({ desk, variants }) =>
      async (actor: Actor, id: string, text: string): Promise<void> => {
        const { templateId } = await desk.series.read(actor, id);
        const { version } = await desk.read(actor, templateId);
        await desk.edit(actor, templateId, {
          title: "Proof",
          variants: variants(text),
          baseVersion: version,
        });
      },
  )
  /** Does something to the first occurrence that stands. */
  .extend(
    "onFirst",
    ({ desk }) =>
      async (actor: Actor, id: string, act: (postId: string) => Promise<unknown>): Promise<void> => {
        const { dates } = await desk.series.read(actor, id);
        const first = dates.find(({ postId, status }) => postId !== null && status !== "cancelled");
        if (first?.postId) await act(first.postId);
      },
  )
  .extend("steps", ({ database, desk, variants, rule, editTemplate, onFirst }): Record<string, Step> => ({
    wordsOne: (actor, id) => editTemplate(actor, id, "one"),
    wordsTwo: (actor, id) => editTemplate(actor, id, "two"),
    early: (actor, id) => desk.series.change(actor, id, { rule: rule("08:00") }),
    late: (actor, id) => desk.series.change(actor, id, { rule: rule("20:00") }),
    more: (actor, id) => desk.series.change(actor, id, { ahead: 4 }),
    approve: async (actor, id) => {
      const { boundHash } = await desk.series.read(actor, id);
      await desk.series.approve(actor, id, { boundHash, note: "" });
    },
    undo: (actor, id) => desk.series.undoApproval(actor, id),
    pause: (actor, id) => desk.series.pause(actor, id),
    resume: (actor, id) => desk.series.resume(actor, id),
    end: (actor, id) => desk.series.end(actor, id),
    sweep: async () => {
      await database.system
        .updateTable("series")
        .set({ next_run_at: new Date(0) })
        .execute();
      await desk.series.sweep.run(AbortSignal.timeout(10_000));
    },
    moveOne: (actor, id) =>
      onFirst(actor, id, (postId) => desk.schedule(actor, postId, { wall: "2090-01-01T09:00", zone: "UTC" })),
    skipOne: (actor, id) => onFirst(actor, id, (postId) => desk.cancel(actor, postId)),
    editOne: (actor, id) =>
      onFirst(actor, id, async (postId) => {
        const { version } = await desk.read(actor, postId);
        await desk.edit(actor, postId, {
          title: "x",
          variants: variants("by itself"),
          baseVersion: version,
        });
      }),
  }))
  .extend("assertPromise", ({ database, desk, people }) => async (id: string): Promise<void> => {
    const series = await desk.series.read(people[0], id);
    const rows = await database.system
      .selectFrom("deliveries as d")
      .innerJoin("approvals as a", (join) =>
        join.onRef("a.workspace_id", "=", "d.workspace_id").onRef("a.id", "=", "d.approval_id"),
      )
      .leftJoin("series_approvals as s", "s.id", "a.series_approval_id")
      .leftJoin("series_occurrences as o", "o.post_id", "d.post_id")
      .innerJoin("posts as p", "p.id", "d.post_id")
      .select(["d.post_id", "d.due_at", "d.content", "d.approval_binding", "a.bound_hash", "a.voided_at"])
      .select(["a.bound_at", "s.voided_at as series_voided", "s.bound_hash as series_hash", "o.follows"])
      .select(["p.status", "p.deleted_at", "p.content_hash", "s.content_hash as approved_content"])
      .where("d.state", "<>", "cancelled")
      .where("o.series_id", "=", id)
      .execute();
    for (const row of rows) {
      expect(row.voided_at).toBeNull();
      expect(row.deleted_at).toBeNull();
      expect(row.status).toBe("scheduled");
      expect(contentHash(row.approval_binding)).toBe(row.bound_hash);
      expect(row.bound_at).toEqual(row.due_at);
      expect(row.approval_binding).toMatchObject({ variants: [{ hash: contentHash(row.content) }] });
      if (!row.follows || row.series_hash === null) continue;
      expect(row.series_voided).toBeNull();
      expect(row.series_hash).toBe(series.boundHash);
      expect(row.content_hash).toBe(row.approved_content);
    }
    // Every date once, and nothing of a series that is not approved or not active waits.
    const dates = series.dates.map(({ date }) => date);
    expect(new Set(dates).size).toBe(dates.length);
    const following = rows.filter(({ follows }) => follows);
    if (!series.approved || series.state !== "active") expect(following).toEqual([]);
  });

type Step = (actor: Actor, id: string) => Promise<unknown>;

test(
  "in any history of a series, also of things that happen at once",
  { timeout: 120_000 },
  async ({ desk, people, variants, rule, steps, assertPromise }) => {
    const act = fc.record({
      name: fc.constantFrom(...Object.keys(steps)),
      who: fc.constantFrom(0 as const, 1 as const),
    });
    const history = fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 10 });
    const property = fc.asyncProperty(history, async (batches) => {
      const postId = await desk.create(people[0], { title: "Proof", variants: variants("one") });
      const id = await desk.series.create(people[0], { postId, rule: rule("08:00"), ahead: 3 });
      // Every history begins with an approved series, or random steps would rarely get to one.
      await steps["approve"]?.(people[1], id);
      await assertPromise(id);
      for (const batch of batches) {
        const results = await Promise.allSettled(
          batch.map(async ({ name, who }) => steps[name]?.(people[who], id)),
        );
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toBeInstanceOf(DeskError);
        }
        await assertPromise(id);
      }
      await desk.series.remove(people[0], id);
    });
    await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 30_000 });
  },
);
