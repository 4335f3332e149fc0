import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import { newId } from "#kit";
import { isUniqueViolation, type Schema } from "#platform/db";
import { append } from "#platform/events";
import type { DeskDeps } from "../deps.ts";
import { postQueueMoved, postQueued, queueSlotAdded, queueSlotChanged, queueSlotRemoved } from "../events.ts";
import { targetChannels } from "../model/channels.store.ts";
import { did } from "../model/did.ts";
import { DeskError, postNotFound } from "../model/errors.ts";
import type { PostStatus } from "../model/post.ts";
import { lockPost } from "../model/posts.store.ts";
import { assertAllowed } from "../model/rules.ts";
import { previewSchedule, resolveSchedule } from "../model/schedule.ts";
import type { Unready } from "../model/unready.ts";
import type { PostDeps } from "../posts/hooks.ts";
import { loadPost } from "../posts/load.ts";
import { assignTime } from "../posts/publish.ts";
import { onPost } from "../posts/transition.ts";
import * as store from "./slots.store.ts";
import { type SlotMoment, type Suggestion, bestSlot, keyOf, momentsOf } from "./slots.ts";

/** How far ahead a free slot is looked for. */
const lookAheadMs = 84 * 86_400_000;
const mostSlots = 500;

type NewSlot = { channelId: string; weekday: number; time: string; zone: string | null };
type QueueItem = SlotMoment & {
  post: { id: string; title: string; status: PostStatus; queued: boolean } | null;
};

/** Weekly slots of channels, and posts that take the next free one. */
export type QueueDesk = {
  slots(workspaceId: string): Promise<store.Slot[]>;
  addSlot(actor: Actor, slot: NewSlot): Promise<store.Slot>;
  changeSlot(actor: Actor, id: string, slot: Omit<NewSlot, "channelId">): Promise<store.Slot>;
  removeSlot(actor: Actor, id: string): Promise<void>;
  /** Coming moments of all slots, each with the post that holds it. */
  upcoming(workspaceId: string, span: { from: Date; to: Date }): Promise<QueueItem[]>;
  /** @throws DeskError `desk.no_slots`, `desk.queue_full` */
  suggest(workspaceId: string, wanted: { channelIds: string[]; postId: string | null }): Promise<Suggestion>;
  /** Schedules a post at the next free slot of its channels, which nobody else then gets. */
  add(actor: Actor, postId: string, unready?: Unready): Promise<void>;
  /** Changes places with the post before or after it in the queue. */
  move(actor: Actor, postId: string, direction: "earlier" | "later"): Promise<void>;
};

export function createQueueDesk(deps: PostDeps): QueueDesk {
  const { database, clock } = deps;
  return {
    slots: (workspaceId) => database.inWorkspace(workspaceId, (db) => store.slotsOf(db, workspaceId, null)),
    addSlot: (actor, slot) => addSlot(deps, actor, slot),
    changeSlot: (actor, id, slot) => changeSlot(deps, actor, id, slot),
    removeSlot: (actor, id) => removeSlot(deps, actor, id),
    upcoming: (workspaceId, span) =>
      database.inWorkspace(workspaceId, (db) => upcoming(db, workspaceId, span)),
    suggest: (workspaceId, wanted) =>
      database.inWorkspace(workspaceId, (db) =>
        suggestion(db, workspaceId, wanted.channelIds, wanted.postId, clock.now()),
      ),
    add: (actor, postId, unready) => addToQueue(deps, actor, postId, unready),
    move: (actor, postId, direction) => moveInQueue(deps, actor, postId, direction),
  };
}

async function addSlot(deps: DeskDeps, actor: Actor, wanted: NewSlot): Promise<store.Slot> {
  const { workspaceId } = actor;
  const slot = { id: newId(), ...wanted };
  return deps.database.inWorkspace(workspaceId, async (db) => {
    assertZone(slot.zone, slot.time);
    if (!(await targetChannels(db, workspaceId, [slot.channelId])).has(slot.channelId)) {
      throw new DeskError({
        code: "desk.channel_unknown",
        kind: "not_found",
        message: "There is no such channel.",
      });
    }
    if ((await store.countSlots(db, workspaceId)) >= mostSlots) {
      throw new DeskError({
        code: "desk.too_many_slots",
        kind: "unprocessable",
        message: `A workspace may have ${mostSlots} slots; remove one first.`,
      });
    }
    await orTaken(store.insertSlot(db, workspaceId, slot, { by: actor.userId, at: deps.clock.now() }));
    await append(db, queueSlotAdded, { actor, targetId: slot.id, data: wanted });
    return slot;
  });
}

async function changeSlot(
  deps: DeskDeps,
  actor: Actor,
  id: string,
  change: Omit<NewSlot, "channelId">,
): Promise<store.Slot> {
  const { workspaceId } = actor;
  return deps.database.inWorkspace(workspaceId, async (db) => {
    assertZone(change.zone, change.time);
    if (!(await orTaken(store.updateSlot(db, workspaceId, id, change)))) throw slotNotFound();
    await append(db, queueSlotChanged, { actor, targetId: id, data: change });
    const slot = (await store.slotsOf(db, workspaceId, null)).find((one) => one.id === id);
    if (!slot) throw slotNotFound();
    return slot;
  });
}

/** Takes a slot away; posts that were scheduled by it keep their time. */
async function removeSlot(deps: DeskDeps, actor: Actor, id: string): Promise<void> {
  await deps.database.inWorkspace(actor.workspaceId, async (db) => {
    if (!(await store.deleteSlot(db, actor.workspaceId, id))) throw slotNotFound();
    await append(db, queueSlotRemoved, { actor, targetId: id });
  });
}

async function upcoming(
  db: Kysely<Schema>,
  workspaceId: string,
  span: { from: Date; to: Date },
): Promise<QueueItem[]> {
  const slots = await store.slotsOf(db, workspaceId, null);
  const moments = momentsOf(slots, await store.zoneOf(db, workspaceId), capped(span));
  const channelIds = [...new Set(slots.map(({ channelId }) => channelId))];
  const taken = await store.postsInSlot(db, workspaceId, channelIds, capped(span));
  const held = new Map(taken.map((post) => [keyOf(post.channelId, post.at), post]));
  return moments.map((moment) => {
    const post = held.get(keyOf(moment.channelId, moment.at));
    return {
      ...moment,
      post: post ? { id: post.postId, title: post.title, status: post.status, queued: post.queued } : null,
    };
  });
}

/** No more than a quarter at a time, whatever is asked for. */
function capped(span: { from: Date; to: Date }): { from: Date; to: Date } {
  return { from: span.from, to: new Date(Math.min(span.to.getTime(), span.from.getTime() + lookAheadMs)) };
}

async function suggestion(
  db: Kysely<Schema>,
  workspaceId: string,
  channelIds: string[],
  postId: string | null,
  now: Date,
): Promise<Suggestion> {
  const found = await targetChannels(db, workspaceId, channelIds);
  const channels = [...found.values()];
  const slots = await store.slotsOf(db, workspaceId, [...found.keys()]);
  if (slots.length === 0) {
    throw new DeskError({
      code: "desk.no_slots",
      kind: "unprocessable",
      message: "None of these channels has queue slots; add one on the queue's page, or choose a time.",
    });
  }
  const span = { from: new Date(now.getTime() + 60_000), to: new Date(now.getTime() + lookAheadMs) };
  const taken = await store.postsInSlot(db, workspaceId, [...found.keys()], span);
  const best = bestSlot({
    moments: momentsOf(slots, await store.zoneOf(db, workspaceId), span),
    channels,
    taken: taken.filter((post) => post.postId !== postId),
  });
  if (best) return best;
  throw new DeskError({
    code: "desk.queue_full",
    kind: "conflict",
    message: "Every slot of the next twelve weeks is taken; add slots, or choose a time.",
  });
}

async function addToQueue(
  deps: PostDeps,
  actor: Actor,
  id: string,
  unready: Unready = "refuse",
): Promise<void> {
  const { workspaceId } = actor;
  await onPost(deps, actor, id, { action: "schedule", unready }, async ({ db, post, now }) => {
    await store.lockQueue(db, workspaceId);
    const channelIds = post.variants.map(({ channelId }) => channelId);
    const best = await suggestion(db, workspaceId, channelIds, id, now);
    await assignSlot(deps, db, actor, { post, at: best, now, unready });
    return did(postQueued, { wall: best.wall, zone: best.zone, at: best.at.toISOString() });
  });
}

type Assignment = {
  post: Awaited<ReturnType<typeof loadPost>>;
  at: { wall: string; zone: string };
  now: Date;
  unready: Unready;
};

/** Schedules a post and takes its moment on each of its channels. */
async function assignSlot(
  deps: DeskDeps,
  db: Kysely<Schema>,
  actor: Actor,
  { post, at, now, unready }: Assignment,
): Promise<void> {
  const schedule = resolveSchedule({ wall: at.wall, zone: at.zone, rule: "compatible" }, now);
  await assignTime(deps, actor, { db, post, now, schedule, unready });
  const channelIds = post.variants.map(({ channelId }) => channelId);
  await orTaken(store.takeSlot(db, actor.workspaceId, { postId: post.id, channelIds, at: schedule.at, now }));
}

async function moveInQueue(
  deps: DeskDeps,
  actor: Actor,
  id: string,
  direction: "earlier" | "later",
): Promise<void> {
  const { workspaceId } = actor;
  await deps.database.inWorkspace(workspaceId, async (db) => {
    const now = deps.clock.now();
    const found = await store.nearestPost(db, workspaceId, id, direction, now);
    // In the order of their ids, as wherever two posts are locked.
    for (const postId of found === null ? [id] : [id, found].toSorted()) {
      if (!(await lockPost(db, workspaceId, postId))) throw postNotFound();
    }
    await store.lockQueue(db, workspaceId);
    const other = await store.nearestPost(db, workspaceId, id, direction, now);
    const mine = await loadPost(db, deps, workspaceId, id);
    if (mine.deletedAt !== null) throw postNotFound();
    assertAllowed("schedule", mine.facts, actor);
    if (other === null || other !== found || mine.schedule === null) {
      throw new DeskError({
        code: "desk.queue_end",
        kind: "conflict",
        message: `No other post of the queue goes out ${direction} on these channels.`,
      });
    }
    const theirs = await loadPost(db, deps, workspaceId, other);
    assertAllowed("schedule", theirs.facts, actor);
    if (theirs.schedule === null) throw postNotFound();
    const [from, to] = [mine.schedule, theirs.schedule];
    // Both leave their moments first, or each would be in the other's way.
    await assignTime(deps, actor, { db, post: mine, now, schedule: to });
    await assignTime(deps, actor, { db, post: theirs, now, schedule: from });
    await orTaken(takeBoth(db, workspaceId, { mine, theirs, from, to, now }));
    await append(db, postQueueMoved, { actor, targetId: id, data: { with: other, at: to.at.toISOString() } });
  });
}

type Swap = Record<"mine" | "theirs", Assignment["post"]> &
  Record<"from" | "to", { at: Date }> & { now: Date };

async function takeBoth(
  db: Kysely<Schema>,
  workspaceId: string,
  { mine, theirs, from, to, now }: Swap,
): Promise<void> {
  for (const [post, { at }] of [
    [mine, to],
    [theirs, from],
  ] as const) {
    const channelIds = post.variants.map(({ channelId }) => channelId);
    await store.takeSlot(db, workspaceId, { postId: post.id, channelIds, at, now });
  }
}

/** Throws `desk.schedule_zone` for what is no time zone. */
function assertZone(zone: string | null, time: string): void {
  if (zone !== null) previewSchedule(`2026-01-01T${time}`, zone);
}

/** The database is the last to say that a moment has an owner. */
async function orTaken<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DeskError({
      code: "desk.slot_taken",
      kind: "conflict",
      message: "This time is taken on one of the channels; choose another.",
      retryable: true,
      cause: error,
    });
  }
}

function slotNotFound(): DeskError {
  return new DeskError({ code: "desk.slot_not_found", kind: "not_found", message: "There is no such slot." });
}
