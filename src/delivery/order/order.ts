import type { Kysely } from "kysely";
import type { MediaInfo, VariantContent } from "#connectors";
import { contentHash, newId } from "#kit";
import type { Schema } from "#platform/db";
import { isUniqueViolation } from "#platform/db";
import type { Jobs } from "#platform/jobs";
import { DeliveryError } from "../model/errors.ts";
import { type Binding, frozenHash } from "../model/frozen-content.ts";
import { isSlowToPrepare } from "../model/slow.ts";
import {
  cancelDeliveries,
  cancellable,
  cancelOnChannel,
  type Change,
  insertDeliveries,
  rescheduleDeliveries,
  unclaimed,
} from "./deliveries.store.ts";

/** A request to publish one approved post, as the desk hands it over. */
export type DeliveryOrder = {
  workspaceId: string;
  postId: string;
  /** The standing approval; its stored hash must be `contentHash(binding)`. */
  approval: { id: string; decidedBy: string; binding: Binding };
  variants: {
    channelId: string;
    content: VariantContent;
    media: MediaInfo[];
    /** Why its channel is left out for now; null or absent where it is not. */
    skipped?: { code: string; message: string } | null;
  }[];
  dueAt: Date;
  /** Where an approval alone releases it: when that can no longer be taken back. */
  notBefore?: Date | null;
  /** How late it may be sent before it is missed and asks. */
  graceSeconds: number;
};

/** The job that looks for due deliveries; what it carries does not matter. */
export const publishTask = "delivery.publish";

/** One waiting job per due instant: waking twice would find nothing to do. */
async function wakeAt(transaction: Kysely<Schema>, jobs: Jobs, at: Date): Promise<void> {
  await jobs.enqueue(transaction, publishTask, {}, { runAt: at, key: `${publishTask} ${at.toISOString()}` });
}

/**
 * Freezes each variant as one delivery and returns the ids, as part of the caller's transaction.
 *
 * @throws DeliveryError `delivery.not_approved` when a variant is not what the approval bound,
 *   `delivery.already_requested` when this approval has sent the post to one of the channels before,
 *   `delivery.unknown_channel`
 */
async function requestDeliveries(
  transaction: Kysely<Schema>,
  jobs: Jobs,
  order: DeliveryOrder,
): Promise<string[]> {
  const bound = new Map(
    order.approval.binding.variants.map(({ channelId, hash, target = null }) => [
      `${channelId} ${hash}`,
      { target },
    ]),
  );
  const wrongTime =
    order.approval.binding.at !== null &&
    new Date(order.approval.binding.at).getTime() !== order.dueAt.getTime();
  const { notBefore = null } = order;
  const rows = order.variants.map(({ channelId, content, media, skipped = null }) => {
    const frozen = { variant: content, media };
    const isSlow = isSlowToPrepare(media);
    const hash = frozenHash(frozen);
    const targetHash = bound.get(`${channelId} ${hash}`)?.target ?? null;
    return { id: newId(), channelId, content: frozen, contentHash: hash, isSlow, targetHash, skipped };
  });
  if (wrongTime || rows.some((row) => !bound.has(`${row.channelId} ${row.contentHash}`))) {
    throw new DeliveryError({
      code: "delivery.not_approved",
      kind: "conflict",
      message: "This is not what was approved. Ask for approval again.",
    });
  }
  try {
    const inserted = await insertDeliveries(transaction, {
      workspaceId: order.workspaceId,
      postId: order.postId,
      approvalId: order.approval.id,
      approvedBy: order.approval.decidedBy,
      binding: order.approval.binding,
      bindingHash: contentHash(order.approval.binding),
      dueAt: order.dueAt,
      notBefore,
      graceSeconds: order.graceSeconds,
      rows,
    });
    if (inserted.length !== rows.length) {
      throw new DeliveryError({
        code: "delivery.unknown_channel",
        kind: "unprocessable",
        message: "A channel of this post no longer exists. Choose another and ask for approval again.",
      });
    }
  } catch (error) {
    if (!isUniqueViolation(error, "deliveries_once")) throw error;
    throw new DeliveryError({
      code: "delivery.already_requested",
      kind: "conflict",
      message:
        "This approval has already sent the post on its way. To publish it again, ask for approval again.",
      cause: error,
    });
  }
  await wakeAt(transaction, jobs, notBefore !== null && notBefore > order.dueAt ? notBefore : order.dueAt);
  return rows.map((row) => row.id);
}

/**
 * Cancels what has not been sent, as part of the caller's transaction. A worker that holds one of them
 * loses its fence, so none is sent after the commit.
 */
async function cancelOrder(
  transaction: Kysely<Schema>,
  workspaceId: string,
  postId: string,
): Promise<{ cancelled: string[]; tooLate: string[] }> {
  const { changed, tooLate } = await cancelDeliveries(transaction, workspaceId, postId, cancellable);
  return { cancelled: changed, tooLate };
}

/** Cancels what no worker has claimed yet; what one has is told and stays. Part of the caller's transaction. */
async function cancelUnclaimedOrder(
  transaction: Kysely<Schema>,
  workspaceId: string,
  postId: string,
): Promise<{ cancelled: string[]; tooLate: string[] }> {
  const { changed, tooLate } = await cancelDeliveries(transaction, workspaceId, postId, unclaimed);
  return { cancelled: changed, tooLate };
}

/** Moves what has not been sent to another moment; content and approval stay. Only for an approval that leaves the time open. */
async function rescheduleOrder(
  transaction: Kysely<Schema>,
  jobs: Jobs,
  { workspaceId, postId, dueAt }: { workspaceId: string; postId: string; dueAt: Date },
): Promise<{ rescheduled: string[]; tooLate: string[] }> {
  const { changed, tooLate } = await rescheduleDeliveries(transaction, workspaceId, postId, dueAt);
  await wakeAt(transaction, jobs, dueAt);
  return { rescheduled: changed, tooLate };
}

/** What the desk asks of delivery, each as part of the desk's own transaction. */
export type Orders = {
  /** Freezes an approved post, one delivery per variant. */
  request(transaction: Kysely<Schema>, order: DeliveryOrder): Promise<string[]>;
  /** Cancels what has not been sent. */
  cancel(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
  ): Promise<{ cancelled: string[]; tooLate: string[] }>;
  /** Cancels what no worker has claimed. */
  cancelUnclaimed(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
  ): Promise<{ cancelled: string[]; tooLate: string[] }>;
  /** Cancels what a post would still send on one channel, with the reason. */
  cancelOnChannel(
    transaction: Kysely<Schema>,
    place: { workspaceId: string; postId: string; channelId: string },
    why: { code: string; message: string },
  ): Promise<Change>;
  /** Moves what has not been sent. */
  reschedule(
    transaction: Kysely<Schema>,
    workspaceId: string,
    postId: string,
    dueAt: Date,
  ): Promise<{ rescheduled: string[]; tooLate: string[] }>;
};

export function createOrders({ jobs }: { jobs: Jobs }): Orders {
  return {
    request: (transaction, order) => requestDeliveries(transaction, jobs, order),
    cancel: cancelOrder,
    cancelUnclaimed: cancelUnclaimedOrder,
    cancelOnChannel,
    reschedule: (transaction, workspaceId, postId, dueAt) =>
      rescheduleOrder(transaction, jobs, { workspaceId, postId, dueAt }),
  };
}
