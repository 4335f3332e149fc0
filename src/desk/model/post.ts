import type { MediaInfo, VariantContent } from "#connectors";

/** What is published on one channel. */
export type Variant = { channelId: string; content: VariantContent };

/** Where material came from, shown to the approver beside the text. */
export type Source = { kind: string; url: string | null; title: string; excerpt: string };

export const postStatuses = [
  "draft",
  "in_review",
  "approved",
  "scheduled",
  "publishing",
  "waiting_for_channel",
  "published",
  "partly",
  "failed",
  "missed",
  "cancelled",
] as const;
export type PostStatus = (typeof postStatuses)[number];

/** How a wall time that a clock change skips or repeats is read: the earlier or later instant of the two. */
export const scheduleRules = ["compatible", "earlier", "later"] as const;
export type ScheduleRule = (typeof scheduleRules)[number];

/** A chosen time: what the person's clock says, where, and the instant that this is. */
export type Schedule = { wall: string; zone: string; rule: ScheduleRule; at: Date };

/** An image as the desk keeps it. */
export type Media = MediaInfo & { fileName: string; altText: string; createdAt: Date };

/** Options are text by the API's own schema; anything else in the column would be a mistake of ours. */
export function textOptions(options: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
