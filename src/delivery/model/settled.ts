import type { Kysely } from "kysely";
import { z } from "zod";
import type { Database, Schema } from "#platform/db";
import { appendAll, happened } from "#platform/events";
import type { Task } from "#platform/jobs";
import { deliverySettled } from "../events.ts";

type Moved = { workspaceId: string; postId: string };

/** Says that deliveries of these posts have come to an end or go on: one event for each workspace, however many posts. */
export async function appendSettled(transaction: Kysely<Schema>, moved: readonly Moved[]): Promise<void> {
  const events = [...Map.groupBy(moved, ({ workspaceId }) => workspaceId)].map(([workspaceId, rows]) =>
    happened(deliverySettled, {
      actor: { kind: "system", workspaceId },
      data: { postIds: rows.map(({ postId }) => postId) },
    }),
  );
  await appendAll(transaction, events);
}

const formerPayload = z.object({ workspaceId: z.uuid(), postIds: z.array(z.uuid()) });

/**
 * Until migration 0063 a job of this name told the desk. Where one still waits in the queue after an upgrade, it
 * becomes the event that is appended today.
 */
export function formerTasks({ database }: { database: Database }): Record<string, Task> {
  return {
    "desk.delivery_settled": async (payload) => {
      const { workspaceId, postIds } = formerPayload.parse(payload);
      await appendSettled(
        database.system,
        postIds.map((postId) => ({ workspaceId, postId })),
      );
    },
  };
}
