import { auditSubscriber } from "#platform/audit";
import type { Database } from "#platform/db";
import { createEvents, type Subscriber } from "#platform/events";
import { createJobs } from "#platform/jobs";
import { createLogger } from "#platform/telemetry";

const log = createLogger({ logLevel: "silent" });

/**
 * Hands out what was appended, as a worker does: to the audit log, and to the subscribers of features that are named.
 * What a test did is in the log after it. Throws what a subscriber throws.
 */
export async function handleEvents(
  database: Database,
  subscribers: readonly Subscriber[] = [],
): Promise<void> {
  const errors: unknown[] = [];
  const watched = [auditSubscriber, ...subscribers].map((one) => ({
    ...one,
    handle: (...given: Parameters<Subscriber["handle"]>) =>
      one.handle(...given).catch((error: unknown) => {
        errors.push(error);
        throw error;
      }),
  }));
  const events = createEvents({
    database,
    jobs: createJobs(),
    subscribers: watched,
    log,
    keepMs: 86_400_000,
  });
  await events.catchUp(new AbortController().signal);
  if (errors.length > 0) throw errors[0];
}
