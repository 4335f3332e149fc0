import { z } from "zod";
import { event } from "#platform/events";

/** A post of which nothing is told but which version of it. */
const version = z.object({ version: z.number() });
/** Beside the version. */
function withVersion<Shape extends z.ZodRawShape>(shape: Shape) {
  return version.extend(shape);
}

export const postCreated = event("post.created", { target: "post", data: z.object({ title: z.string() }) });
/** By the agent, for the person who started the run. */
export const postProposed = event("post.proposed", {
  target: "post",
  data: z.object({ title: z.string(), runId: z.string() }),
});
export const postCopied = event("post.copied", {
  target: "post",
  data: z.object({ title: z.string(), postId: z.string() }),
});
export const postEdited = event("post.edited", {
  target: "post",
  data: withVersion({ contentChanged: z.boolean() }),
});
export const postTextSetAside = event("post.text_set_aside", {
  target: "post",
  data: z.object({ baseVersion: z.number() }),
});
export const postRemoved = event("post.removed", { target: "post", data: version });
export const postRestored = event("post.restored", { target: "post", data: version });

export const postSubmitted = event("post.submitted", { target: "post", data: version });
export const postWithdrawn = event("post.withdrawn", { target: "post", data: version });
export const postChangesRequested = event("post.changes_requested", {
  target: "post",
  data: withVersion({ note: z.string() }),
});
export const postApproved = event("post.approved", {
  target: "post",
  data: withVersion({ approvalId: z.string(), boundHash: z.string(), at: z.string().nullable() }),
});
export const postApprovalUndone = event("post.approval_undone", {
  target: "post",
  data: withVersion({ approvalId: z.string().nullable() }),
});

export const postScheduled = event("post.scheduled", {
  target: "post",
  data: withVersion({ wall: z.string(), zone: z.string(), rule: z.string(), at: z.string() }),
});
export const postUnscheduled = event("post.unscheduled", { target: "post", data: version });
export const postQueued = event("post.queued", {
  target: "post",
  data: withVersion({ wall: z.string(), zone: z.string(), at: z.string() }),
});
export const postQueueMoved = event("post.queue_moved", {
  target: "post",
  data: z.object({ with: z.string(), at: z.string() }),
});
export const postPublished = event("post.published", {
  target: "post",
  data: withVersion({ at: z.string() }),
});
export const postCancelled = event("post.cancelled", { target: "post", data: version });
/** As far as it was not too late: the channels that it was too late for. */
export const postHeldBack = event("post.held_back", {
  target: "post",
  data: withVersion({ tooLate: z.array(z.string()) }),
});
export const postTargetChanged = event("post.target_changed", {
  target: "post",
  data: z.object({ channelId: z.string(), reason: z.string() }),
});

/** What its deliveries have made of it. */
const settled = { target: "post", data: z.object({ from: z.string(), to: z.string() }) } as const;
export const postWentLive = event("post.went_live", settled);
export const postPartlyLive = event("post.partly_live", settled);
export const postWaitsForChannel = event("post.waits_for_channel", settled);
export const postFailed = event("post.failed", settled);
export const postMissed = event("post.missed", settled);
export const postSettled = event("post.settled", settled);

export const mediaAdded = event("media.added", {
  target: "media",
  data: z.object({ fileName: z.string(), sha256: z.string() }),
});
export const mediaRemoved = event("media.removed", {
  target: "media",
  data: z.object({ fileName: z.string() }),
});

const slot = z.object({ weekday: z.number(), time: z.string(), zone: z.string().nullable() });
export const queueSlotAdded = event("queue.slot_added", {
  target: "queue_slot",
  data: slot.extend({ channelId: z.string() }),
});
export const queueSlotChanged = event("queue.slot_changed", { target: "queue_slot", data: slot });
export const queueSlotRemoved = event("queue.slot_removed", { target: "queue_slot" });

const ahead = z.object({ ahead: z.number() });
/** How many occurrences were taken back. */
const dropped = z.object({ dropped: z.number() });
export const seriesCreated = event("series.created", {
  target: "series",
  data: z.object({ title: z.string(), postId: z.string(), templateId: z.string() }),
});
export const seriesChanged = event("series.changed", { target: "series", data: ahead });
export const seriesRuleChanged = event("series.rule_changed", { target: "series", data: ahead });
export const seriesApproved = event("series.approved", {
  target: "series",
  data: z.object({ approvalId: z.string(), boundHash: z.string() }),
});
export const seriesApprovalUndone = event("series.approval_undone", {
  target: "series",
  data: z.object({ approvalId: z.string() }),
});
export const seriesPaused = event("series.paused", { target: "series", data: dropped });
export const seriesResumed = event("series.resumed", { target: "series" });
export const seriesEnded = event("series.ended", { target: "series", data: dropped });
export const seriesRemoved = event("series.removed", { target: "series", data: dropped });
export const seriesOccurrencesMade = event("series.occurrences_made", {
  target: "series",
  data: z.object({ made: z.number(), held: z.number(), approvalId: z.string().nullable() }),
});

export const importUploaded = event("import.uploaded", {
  target: "import",
  data: z.object({ fileName: z.string(), lines: z.number() }),
});
export const importStarted = event("import.started", { target: "import" });
