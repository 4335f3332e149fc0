import { describe, expect } from "vitest";
import { test as base } from "../../../test/support/fixtures/desk.ts";

const test = base
  .extend("draft", ({ channels }) => (text: string, channelIds: string[] = [channels[0]]) => {
    const content = { parts: [text], link: null, media: [], firstComment: null, options: {} };
    return { title: text, variants: channelIds.map((channelId) => ({ channelId, content })) };
  })
  .extend(
    "slot",
    ({ desk, people, channels }) =>
      async (weekday: number, time: string, channelId: string = channels[0]) =>
        desk.queue.addSlot(people[0], { channelId, weekday, time, zone: null }),
  )
  .extend(
    "queued",
    ({ desk, people, draft }) =>
      async (text: string, channelIds?: string[]): Promise<string> => {
        const id = await desk.create(people[0], draft(text, channelIds));
        await desk.queue.add(people[0], id);
        return id;
      },
  )
  .extend("timeOf", ({ desk, people }) => async (id: string): Promise<number> => {
    const { schedule } = await desk.read(people[0], id);
    return schedule?.at.getTime() ?? 0;
  })
  .extend("approve", ({ desk, people }) => async (id: string): Promise<void> => {
    await desk.submit(people[0], id);
    const { boundHash } = await desk.read(people[1], id);
    await desk.approve(people[1], id, { boundHash, note: "" });
  })
  .extend(
    "checkOf",
    ({ desk, workspaceId, draft }) =>
      async (text: string, at: Date | null, postId: string | null = null): Promise<string[]> => {
        const { variants } = draft(text);
        const [check] = await desk.check(workspaceId, { variants, at, postId });
        return check?.problems.map(({ code, severity }) => `${severity} ${code}`) ?? [];
      },
  )
  .extend("autosave", ({ draft }) => (text: string, baseVersion: number) => ({
    ...draft(text),
    baseVersion,
    autosave: true,
  }))
  .extend(
    "versions",
    ({ desk, workspaceId }) =>
      async (id: string): Promise<number[]> =>
        (await desk.versions(workspaceId, id)).map(({ number }) => number),
  );

function january(day: number, hour: number, minutes = 0): Date {
  return new Date(Date.UTC(2090, 0, day, hour, minutes));
}

describe("the next free slot", () => {
  test("is the first that nobody holds, in the order of time", async ({
    desk,
    people,
    slot,
    queued,
    timeOf,
  }) => {
    await slot(2, "09:00");
    await slot(4, "16:30");
    const ids = [await queued("one"), await queued("two"), await queued("three")];
    const times = await Promise.all(ids.map(timeOf));
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(new Set(times).size).toBe(3);
    const walls = await Promise.all(ids.map(async (id) => (await desk.read(people[0], id)).schedule?.wall));
    for (const wall of walls) expect(wall).toMatch(/T(09:00|16:30)$/u);
    expect((await desk.read(people[0], ids[0] ?? "")).schedule?.zone).toBe("Europe/Berlin");
  });

  test("is not one where a post was put by hand", async ({
    desk,
    workspaceId,
    people,
    channels,
    draft,
    slot,
  }) => {
    await slot(1, "08:00");
    const { wall, zone } = await desk.queue.suggest(workspaceId, { channelIds: [channels[0]], postId: null });
    const byHand = await desk.create(people[0], draft("by hand"));
    await desk.schedule(people[0], byHand, { wall, zone });
    const next = await desk.queue.suggest(workspaceId, { channelIds: [channels[0]], postId: null });
    expect(next.wall > wall).toBe(true);
    expect(next.reasons.join(" ")).toContain('taken by "by hand"');
  });

  test("of several channels is one that fits them all, and says why", async ({
    database,
    desk,
    workspaceId,
    channels,
    slot,
    queued,
    timeOf,
  }) => {
    await slot(1, "08:00", channels[0]);
    await slot(3, "10:00", channels[0]);
    await slot(3, "10:00", channels[1]);
    const both = await desk.queue.suggest(workspaceId, { channelIds: [...channels], postId: null });
    expect(both.wall).toMatch(/T10:00$/u);
    expect(both.reasons[0]).toContain("It is a slot of");
    const id = await queued("both", [...channels]);
    expect(await timeOf(id)).toBe(both.at.getTime());
    const rows = await database.system
      .selectFrom("queue_entries")
      .selectAll()
      .where("post_id", "=", id)
      .execute();
    expect(rows).toHaveLength(2);
  });

  test("does not exist without slots, or when all are taken", async ({
    desk,
    people,
    draft,
    slot,
    queued,
  }) => {
    const id = await desk.create(people[0], draft("none"));
    await expect(desk.queue.add(people[0], id)).rejects.toMatchObject({ code: "desk.no_slots" });
    await slot(5, "12:00");
    const weeks = Array.from({ length: 12 }, (_week, index) => index);
    for (const week of weeks) await queued(`week ${week}`);
    await expect(desk.queue.add(people[0], id)).rejects.toMatchObject({ code: "desk.queue_full" });
  });
});

describe("two people at the same moment", () => {
  test("never get the same slot", async ({ desk, people, draft, slot, timeOf }) => {
    for (const day of [1, 2, 3, 4, 5, 6, 7]) await slot(day, "09:00");
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1)
      ids.push(await desk.create(people[0], draft(`post ${index}`)));
    await Promise.all(ids.map((id, index) => desk.queue.add(people[index % 2] ?? people[0], id)));
    const times = await Promise.all(ids.map(timeOf));
    expect(new Set(times).size).toBe(12);
  });

  test("cannot in the database either", async ({
    database,
    desk,
    workspaceId,
    people,
    channels,
    draft,
    slot,
    queued,
    timeOf,
  }) => {
    await slot(1, "09:00");
    const id = await queued("first");
    const other = await desk.create(people[0], draft("second"));
    const row = { workspace_id: workspaceId, channel_id: channels[0], slot_at: new Date(await timeOf(id)) };
    await expect(
      database.system
        .insertInto("queue_entries")
        .values({ ...row, post_id: other })
        .execute(),
    ).rejects.toThrow("queue_entries_pkey");
  });
});

describe("moving in the queue", () => {
  test("changes places with the nearest post and keeps both moments", async ({
    database,
    desk,
    workspaceId,
    people,
    slot,
    queued,
    timeOf,
  }) => {
    await slot(2, "09:00");
    const [first, second] = [await queued("first"), await queued("second")];
    const [early, late] = [await timeOf(first), await timeOf(second)];
    await desk.queue.move(people[0], second, "earlier");
    expect([await timeOf(first), await timeOf(second)]).toEqual([late, early]);
    const entries = await database.system
      .selectFrom("queue_entries")
      .select(["post_id"])
      .where("workspace_id", "=", workspaceId)
      .orderBy("slot_at")
      .execute();
    expect(entries.map((row) => row.post_id)).toEqual([second, first]);
    await expect(desk.queue.move(people[0], second, "earlier")).rejects.toMatchObject({
      code: "desk.queue_end",
    });
  });

  test("keeps an approval for any time and voids one for a certain time", async ({
    desk,
    people,
    draft,
    slot,
    queued,
    approve,
  }) => {
    await slot(2, "09:00");
    const open = await desk.create(people[0], draft("open"));
    await approve(open);
    await desk.queue.add(people[0], open);
    const bound = await queued("bound");
    await approve(bound);
    await desk.queue.move(people[0], bound, "earlier");
    expect((await desk.read(people[0], open)).status).toBe("scheduled");
    expect(await desk.read(people[0], bound)).toMatchObject({ status: "draft", approval: null });
  });

  test("by two people at once leaves every moment with one post", async ({
    desk,
    people,
    slot,
    queued,
    timeOf,
  }) => {
    await slot(2, "09:00");
    const ids = [await queued("a"), await queued("b"), await queued("c"), await queued("d")];
    const before = (await Promise.all(ids.map(timeOf))).toSorted((left, right) => left - right);
    const moves = ids.flatMap((id) => [
      desk.queue.move(people[0], id, "later"),
      desk.queue.move(people[1], id, "earlier"),
    ]);
    const results = await Promise.allSettled(moves);
    expect(results.some(({ status }) => status === "fulfilled")).toBe(true);
    const after = (await Promise.all(ids.map(timeOf))).toSorted((left, right) => left - right);
    expect(after).toEqual(before);
  });
});

describe("slots", () => {
  test("can be listed, moved and removed; a second at the same time is refused", async ({
    desk,
    workspaceId,
    people,
    channels,
    slot,
    queued,
    timeOf,
  }) => {
    const made = await slot(2, "09:00");
    await expect(slot(2, "09:00")).rejects.toMatchObject({ code: "desk.slot_taken" });
    const id = await queued("stays");
    const time = await timeOf(id);
    const moved = await desk.queue.changeSlot(people[0], made.id, {
      weekday: 3,
      time: "10:15",
      zone: "Asia/Tokyo",
    });
    expect(moved).toMatchObject({ weekday: 3, time: "10:15", zone: "Asia/Tokyo" });
    expect(await timeOf(id)).toBe(time);
    await desk.queue.removeSlot(people[0], made.id);
    expect(await desk.queue.slots(workspaceId)).toEqual([]);
    await expect(desk.queue.removeSlot(people[0], made.id)).rejects.toMatchObject({
      code: "desk.slot_not_found",
    });
    await expect(
      desk.queue.addSlot(people[0], { channelId: channels[0], weekday: 1, time: "09:00", zone: "Nowhere" }),
    ).rejects.toMatchObject({ code: "desk.schedule_zone" });
  });

  test("show what they hold", async ({ clock, desk, workspaceId, slot, queued }) => {
    await slot(2, "09:00");
    const id = await queued("held");
    const span = { from: clock.now(), to: new Date(clock.now().getTime() + 86_400_000 * 21) };
    const items = await desk.queue.upcoming(workspaceId, span);
    expect(items).toHaveLength(3);
    expect(items[0]?.post).toMatchObject({ id, title: "held", queued: true });
    expect(items[1]?.post).toBeNull();
  });
});

describe("warnings", () => {
  test("tell of another post on the channel within fifteen minutes, and not of the post itself", async ({
    desk,
    people,
    draft,
    checkOf,
  }) => {
    const id = await desk.create(people[0], draft("near"));
    await desk.schedule(people[0], id, { wall: "2090-01-01T09:00", zone: "UTC" });
    expect(await checkOf("else", january(1, 9, 15))).toEqual(["warning desk.close_to_another"]);
    expect(await checkOf("else", january(1, 9, 16))).toEqual([]);
    expect(await checkOf("else", january(1, 9), id)).toEqual([]);
    await desk.cancel(people[0], id);
    expect(await checkOf("else", january(1, 9))).toEqual([]);
  });

  test("tell of the same text within thirty days, however it is spaced or capitalised", async ({
    desk,
    people,
    draft,
    approve,
    checkOf,
  }) => {
    const id = await desk.create(people[0], draft("Fresh  bread\ntoday!"));
    await approve(id);
    await desk.schedule(people[0], id, { wall: "2090-01-01T09:00", zone: "UTC" });
    const warned = ["warning desk.same_text_again"];
    expect(await checkOf(" fresh bread TODAY!", january(20, 12))).toEqual(warned);
    const invisible = ["warning desk.invisible_characters", ...warned];
    expect(await checkOf("fresh bread\u200b today!", january(20, 12))).toEqual(invisible);
    expect(await checkOf("fresh bread today", january(20, 12))).toEqual([]);
    expect(await checkOf("Fresh bread today!", new Date(Date.UTC(2090, 1, 15)))).toEqual([]);
    // The approver's page has it too, and it keeps nobody from approving.
    const twin = await desk.create(people[0], draft("Fresh bread today!"));
    await desk.schedule(people[0], twin, { wall: "2090-01-02T09:00", zone: "UTC" });
    await desk.submit(people[0], twin);
    const page = await desk.read(people[1], twin);
    expect(page.checks[0]?.problems.map(({ code }) => code)).toEqual(["desk.same_text_again"]);
    expect(page.allowed).toContain("approve");
  });

  test("survive text that cannot be stored", async ({ checkOf }) => {
    expect(await checkOf("half \ud83d and \0", null)).toEqual(["error text.nul"]);
  });
});

describe("autosave", () => {
  test("of one person within minutes is one version, and numbers grow all the same", async ({
    desk,
    workspaceId,
    people,
    draft,
    autosave,
    versions,
  }) => {
    const id = await desk.create(people[0], draft("a"));
    for (const [index, text] of ["ab", "abc", "abcd"].entries()) {
      await desk.edit(people[0], id, autosave(text, index + 1));
    }
    expect(await versions(id)).toEqual([4, 1]);
    expect((await desk.version(workspaceId, id, 4)).variants[0]?.content.parts).toEqual(["abcd"]);
    await expect(desk.edit(people[0], id, autosave("x", 3))).rejects.toMatchObject({
      code: "desk.version_conflict",
    });
  });

  test("never replaces what somebody else wrote, a decision was about, or was long ago", async ({
    clock,
    desk,
    people,
    draft,
    autosave,
    versions,
  }) => {
    const id = await desk.create(people[0], draft("a"));
    await desk.edit(people[0], id, autosave("ab", 1));
    await desk.edit(people[1], id, autosave("abc", 2));
    expect(await versions(id)).toEqual([3, 2, 1]);
    await desk.submit(people[0], id);
    await desk.requestChanges(people[0], id, "longer");
    await desk.edit(people[1], id, autosave("abcd", 3));
    expect(await versions(id)).toEqual([4, 3, 2, 1]);
    clock.move(6 * 60_000);
    await desk.edit(people[1], id, autosave("abcde", 4));
    expect(await versions(id)).toEqual([5, 4, 3, 2, 1]);
    await desk.edit(people[1], id, { ...autosave("abcdef", 5), autosave: false });
    expect(await versions(id)).toEqual([6, 5, 4, 3, 2, 1]);
  });
});
