import type { Kysely } from "kysely";
import type { Actor } from "#kit";
import type { Database, Schema } from "#platform/db";
import { append } from "#platform/events";
import type { Jobs } from "#platform/jobs";
import { channelHoldLifted, channelWindowForgotten } from "../events.ts";
import { type ChannelRef, channelStatus } from "../order/deliveries.store.ts";
import { publishTask } from "../order/order.ts";
import { deleteHold, deleteWindow, type Slowed, slowedChannels, wakeDue } from "./holds.store.ts";

/** What slows the posts of channels beside their own state, and how a person ends it. */
export type Holds = {
  /** The channels of a workspace that something slows. */
  list(workspaceId: string): Promise<Slowed[]>;
  /**
   * What is due of the channel's account goes on at once, in every workspace that has it connected; the platform may
   * ask to wait again. Nothing happens where nothing is held. Throws `delivery.no_channel`.
   */
  lift(actor: Actor, channelId: string): Promise<Slowed>;
  /**
   * Forgets how late posts of the channel were seen to appear, from its next post on: a window that an attempt waits for
   * never gets shorter. Throws `delivery.no_channel`.
   */
  forgetWindow(actor: Actor, channelId: string): Promise<Slowed>;
};

export function createHolds({ database, jobs }: { database: Database; jobs: Jobs }): Holds {
  /** By the role of the system, since holds belong to no workspace. */
  async function change(
    actor: Actor,
    channelId: string,
    work: (transaction: Kysely<Schema>, channel: ChannelRef) => Promise<void>,
  ): Promise<Slowed> {
    const channel = { workspaceId: actor.workspaceId, channelId };
    return database.system.transaction().execute(async (transaction) => {
      // Throws where there is none.
      await channelStatus(transaction, channel);
      await work(transaction, channel);
      const [slowed] = await slowedChannels(transaction, actor.workspaceId, channelId);
      return slowed ?? { channelId, hold: null, window: null };
    });
  }

  return {
    list: (workspaceId) => slowedChannels(database.system, workspaceId),
    lift: (actor, channelId) =>
      change(actor, channelId, async (transaction, channel) => {
        const lifted = await deleteHold(transaction, channel);
        if (lifted === null) return;
        await wakeDue(transaction, lifted);
        await jobs.enqueue(transaction, publishTask, {});
        await append(transaction, channelHoldLifted, {
          actor,
          targetId: channelId,
          data: { since: lifted.since.toISOString(), until: lifted.until.toISOString() },
        });
      }),
    forgetWindow: (actor, channelId) =>
      change(actor, channelId, async (transaction, channel) => {
        const forgotten = await deleteWindow(transaction, channel);
        if (forgotten === null) return;
        await append(transaction, channelWindowForgotten, { actor, targetId: channelId, data: forgotten });
      }),
  };
}
