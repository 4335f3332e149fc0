import { describe, expect } from "vitest";
import type { Actor } from "#kit";
import { test as base } from "../../../test/support/fixtures/desk.ts";
import type { Desk } from "../desk.ts";

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
  });

type Freeing = (given: {
  desk: Desk;
  person: Actor;
  id: string;
  /** The post as it is written for another channel. */
  elsewhere: Parameters<Desk["create"]>[1];
}) => Promise<unknown>;

const freeing: [name: string, free: Freeing][] = [
  ["cancelled", ({ desk, person, id }) => desk.cancel(person, id)],
  ["moved", ({ desk, person, id }) => desk.schedule(person, id, { wall: "2090-01-01T09:00", zone: "UTC" })],
  ["taken off the calendar", ({ desk, person, id }) => desk.unschedule(person, id)],
  ["removed", ({ desk, person, id }) => desk.remove(person, id)],
  [
    "taken off the channel",
    ({ desk, person, id, elsewhere }) => desk.edit(person, id, { ...elsewhere, baseVersion: 1 }),
  ],
];

describe("a slot is free again", () => {
  test.for(freeing)(
    "when its post is %s",
    async ([_name, free], { desk, person, channels, draft, slot, queued, timeOf }) => {
      await slot(2, "09:00");
      const first = await queued("first");
      const time = await timeOf(first);
      await free({ desk, person, id: first, elsewhere: draft("other channel", [channels[1]]) });
      expect(await timeOf(await queued("second"))).toBe(time);
    },
  );
});
