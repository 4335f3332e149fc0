import type { Kysely } from "kysely";
import { z } from "zod";
import { channelExpiryWarned } from "#channels";
import { deliverySettled } from "#delivery";
import type { Clock } from "#kit";
import type { Database, Schema } from "#platform/db";
import { type Subscriber, subscriber } from "#platform/events";
import type { Jobs, Task } from "#platform/jobs";
import type { MailSender } from "#platform/mail";
import { insertForPosts, insertForWarning } from "./notifications.store.ts";
import { mailTask, sendWaiting } from "./send.ts";

type NotificationsOptions = {
  database: Database;
  jobs: Jobs;
  /** Null: nobody is mailed, and nothing is kept to be mailed later. */
  mail: MailSender | null;
  /** Origin of the links, without a slash at the end. */
  publicUrl: string;
  /** What people call a platform, by its connector's id. */
  connectorName: (id: string) => string;
  clock: Clock;
  /** How long what happens at about the same time is gathered for one mail. */
  gatherMs?: number;
};

type Notifications = {
  /** To what needs a person. */
  subscribers: readonly Subscriber[];
  tasks: Record<string, Task>;
};

const mailPayload = z.object({ workspaceId: z.uuid() });

/**
 * Mails the people who can do something when a person is needed: a delivery that asks, waits, was missed or
 * refused, a channel whose access ends. Tables say who is told of what; jobs only wake.
 */
export function createNotifications(options: NotificationsOptions): Notifications {
  const { database, jobs, mail, clock, gatherMs = 5_000 } = options;

  /** One job for each span of time, so that a steady trickle does not put the mail off forever. */
  async function enqueueMail(db: Kysely<Schema>, workspaceId: string): Promise<void> {
    const span = Math.floor(clock.now().getTime() / gatherMs) + 1;
    const key = `${mailTask}:${workspaceId}:${span}`;
    await jobs.enqueue(db, mailTask, { workspaceId }, { key, runAt: new Date(span * gatherMs) });
  }

  return {
    subscribers: [
      subscriber({
        name: "notifications",
        to: [deliverySettled, channelExpiryWarned],
        order: "none",
        begins: "start",
        async handle(db, events) {
          const workspaceId = events[0]?.workspaceId;
          if (mail === null || workspaceId === undefined) return;
          const postIds = events.flatMap((one) => (one.kind === "delivery.settled" ? one.data.postIds : []));
          let told = postIds.length === 0 ? 0 : await insertForPosts(db, workspaceId, postIds);
          for (const { kind, target } of events) {
            if (kind !== "channel.expiry_warned" || target === null) continue;
            told += await insertForWarning(db, workspaceId, target.id);
          }
          if (told > 0) await enqueueMail(db, workspaceId);
        },
      }),
    ],
    tasks: {
      [mailTask]: async (payload, { signal }) => {
        if (mail === null) return;
        const { workspaceId } = mailPayload.parse(payload);
        const busyUntil = await sendWaiting({ ...options, mail }, workspaceId, signal);
        if (busyUntil === null) return;
        // Another worker has some of it; should it have died, this one looks again.
        const key = `${mailTask}:${workspaceId}:again`;
        await jobs.enqueue(database.system, mailTask, { workspaceId }, { key, runAt: busyUntil });
      },
    },
  };
}
