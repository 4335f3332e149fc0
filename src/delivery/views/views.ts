import type { Database } from "#platform/db";
import type { DeliveryState } from "../model/state.ts";
import {
  deliveriesByIds,
  deliveriesInStates,
  deliveriesOfPost,
  type DeliveryView,
  waitingOnChannel,
} from "./deliveries.read.ts";
import { type StuckDelivery, stuckIn } from "./stuck.read.ts";

/** What people see of deliveries. */
export type DeliveryViews = {
  /** What waits to go out on a channel, to be told before it is disconnected. */
  waitingOn(workspaceId: string, channelId: string): Promise<{ scheduled: number; nextAt: Date | null }>;
  forPost(workspaceId: string, postId: string): Promise<DeliveryView[]>;
  /** Those of the workspace among them, newest first. */
  byIds(workspaceId: string, ids: readonly string[]): Promise<DeliveryView[]>;
  /** What is neither sent nor asks although its time is over: a defect of Galley's. */
  stuck(workspaceId: string): Promise<StuckDelivery[]>;
  inStates(
    workspaceId: string,
    query: { states: readonly DeliveryState[] | "second_copy"; limit: number; before: string | null },
  ): Promise<DeliveryView[]>;
};

export function createViews({ database }: { database: Database }): DeliveryViews {
  return {
    waitingOn: (workspaceId, channelId) => waitingOnChannel(database, workspaceId, channelId),
    forPost: (workspaceId, postId) => deliveriesOfPost(database, workspaceId, postId),
    byIds: (workspaceId, ids) => deliveriesByIds(database, workspaceId, ids),
    stuck: (workspaceId) => stuckIn(database.system, workspaceId),
    inStates: (workspaceId, query) => deliveriesInStates(database, workspaceId, query),
  };
}
