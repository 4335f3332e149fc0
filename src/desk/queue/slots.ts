import { Temporal } from "temporal-polyfill";
import { previewSchedule } from "../model/schedule.ts";
import type { PostInSlot, Slot } from "./slots.store.ts";

/** One coming moment of a weekly slot. */
export type SlotMoment = { slotId: string; channelId: string; at: Date; wall: string; zone: string };

const dayMs = 86_400_000;

/** The moments of weekly slots between two instants, in order. */
export function momentsOf(
  slots: Slot[],
  workspaceZone: string,
  span: { from: Date; to: Date },
): SlotMoment[] {
  return slots
    .flatMap((slot) => momentsOfSlot(slot, slot.zone ?? workspaceZone, span))
    .toSorted((left, right) => left.at.getTime() - right.at.getTime());
}

function momentsOfSlot(slot: Slot, zone: string, span: { from: Date; to: Date }): SlotMoment[] {
  // A day more on both sides: where the clock skips the time, the moment may lie on the next day.
  let date = Temporal.Instant.fromEpochMilliseconds(span.from.getTime() - dayMs)
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  date = date.add({ days: (slot.weekday - date.dayOfWeek + 7) % 7 });
  const found: SlotMoment[] = [];
  for (;;) {
    const wall = `${date.toString()}T${slot.time}`;
    const { at } = previewSchedule(wall, zone);
    if (at >= span.to) return found;
    if (at >= span.from) found.push({ slotId: slot.id, channelId: slot.channelId, at, wall, zone });
    date = date.add({ days: 7 });
  }
}

export type Suggestion = { at: Date; wall: string; zone: string; reasons: string[] };

/** Beyond the first free slot by at most this, one that fits every channel is better. */
const patienceMs = 7 * dayMs;

export type SuggestionInput = {
  moments: SlotMoment[];
  channels: { id: string; handle: string }[];
  taken: PostInSlot[];
};

/**
 * The best free slot for a post that goes to several channels at once: the first that no other post holds on
 * any of them, or one within a week of it that is a slot of every channel that has slots. Null: none is free.
 */
export function bestSlot({ moments, channels, taken }: SuggestionInput): Suggestion | null {
  const held = new Map(taken.map((post) => [keyOf(post.channelId, post.at), post]));
  const byTime = Map.groupBy(moments, ({ at }) => at.getTime());
  const withSlots = new Set(moments.map(({ channelId }) => channelId));
  const skipped: PostInSlot[] = [];
  let first: SlotMoment[] | null = null;
  for (const [time, group] of byTime) {
    const holder = channels.flatMap(({ id }) => held.get(keyOf(id, new Date(time))) ?? [])[0];
    if (holder) {
      skipped.push(holder);
      continue;
    }
    if (first && time > (first[0]?.at.getTime() ?? 0) + patienceMs) break;
    first ??= group;
    const fits = new Set(group.map(({ channelId }) => channelId));
    if (fits.size === withSlots.size) return explained(group, channels, withSlots, skipped, first);
  }
  return first && explained(first, channels, withSlots, skipped, first);
}

function explained(
  group: SlotMoment[],
  channels: SuggestionInput["channels"],
  withSlots: ReadonlySet<string>,
  skipped: PostInSlot[],
  first: SlotMoment[],
): Suggestion | null {
  const [moment] = group;
  if (!moment) return null;
  const own = new Set(group.map(({ channelId }) => channelId));
  const named = (wanted: (id: string) => boolean) =>
    channels
      .filter(({ id }) => wanted(id))
      .map(({ handle }) => handle)
      .join(", ");
  const earlier = skipped.filter(({ at }) => at < moment.at);
  const others = named((id) => !own.has(id) && withSlots.has(id));
  const without = named((id) => !withSlots.has(id));
  const reasons = [`It is a slot of ${named((id) => own.has(id))}.`];
  if (first !== group)
    reasons.push("An earlier slot was free, but not of every channel; this one is within a week of it.");
  if (others !== "") reasons.push(`${others} has no slot then; no other post is in the way.`);
  if (without !== "") reasons.push(`${without} has no slots and goes out with the others.`);
  const [holder] = earlier;
  if (holder) {
    const more = new Set(earlier.map(({ at }) => at.getTime())).size - 1;
    reasons.push(
      `An earlier slot is taken by "${holder.title}"${more > 0 ? `, and ${more} more by other posts` : ""}.`,
    );
  }
  return { at: moment.at, wall: moment.wall, zone: moment.zone, reasons };
}

export function keyOf(channelId: string, at: Date): string {
  return `${channelId} ${at.getTime()}`;
}
