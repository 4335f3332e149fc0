import type { z } from "zod";
import type { Actor } from "#kit";
import type { Desk } from "../desk.ts";
import type { MediaLinks } from "../media/media-links.ts";
import type { Editor } from "../model/editors.read.ts";
import { type Media, type Schedule, type Variant, textOptions } from "../model/post.ts";
import type { SchedulePreview } from "../model/schedule.ts";
import type { Decision } from "../posts/load.read.ts";
import type { SetAside } from "../posts/set-aside.store.ts";
import type { PostSummary } from "../views/posts.list.read.ts";
import type { Overview } from "../views/posts.overview.read.ts";
import type { FullPost, VersionSummary } from "../views/posts.read.ts";
import type * as schema from "./posts.schema.ts";

/** From the desk's own types to what the API gives: instants as text, maps as lists, images with their address. */
export type Wire<Schema extends z.ZodType> = z.input<Schema>;

export function summaryToWire(post: PostSummary): Wire<typeof schema.postPage>["items"][number] {
  return {
    ...post,
    scheduled: scheduledToWire(post.scheduled),
    changedBy: post.changedBy.map(editorToWire),
    createdAt: post.createdAt.toISOString(),
    updatedAt: post.updatedAt.toISOString(),
  };
}

export function overviewToWire({ waiting, upcoming, recent, approved, newest, ...facts }: Overview) {
  return {
    ...facts,
    waiting: { ...waiting, items: waiting.items.map(summaryToWire) },
    upcoming: { ...upcoming, items: upcoming.items.map(summaryToWire) },
    recent: recent.map(summaryToWire),
    approved: approved && summaryToWire(approved),
    newest: newest && summaryToWire(newest),
  };
}

/** The post as its page shows it to this person; every verb answers with it. */
export async function answerWith(
  desk: Desk,
  actor: Actor,
  id: string,
): Promise<Wire<typeof schema.fullPost>> {
  return postToWire(await desk.read(actor, id), actor.workspaceId, desk.mediaLinks);
}

function postToWire(post: FullPost, workspaceId: string, links: MediaLinks): Wire<typeof schema.fullPost> {
  return {
    id: post.id,
    title: post.title,
    status: post.status,
    excerpt: post.variants[0]?.content.parts[0]?.slice(0, 240).toWellFormed() ?? "",
    channels: post.variants.map(({ channelId }) => channelToWire(post, channelId)),
    scheduled: scheduledToWire(post.schedule),
    version: post.version,
    author: { name: post.author.name, kind: post.author.kind },
    changedBy: post.changedBy.map(editorToWire),
    seriesId: post.series?.id ?? null,
    ownWords: post.ownWords,
    series: post.series,
    createdAt: post.createdAt.toISOString(),
    updatedAt: post.updatedAt.toISOString(),
    variants: post.variants.map(({ channelId, content }) => ({
      ...channelToWire(post, channelId),
      ...targetToWire(post, channelId),
      content: { ...content, options: textOptions(content.options) },
    })),
    media: [...post.media.values()].map((media) => mediaToWire(media, workspaceId, links)),
    sources: post.sources,
    contentHash: post.contentHash,
    boundHash: post.boundHash,
    approval: post.approval && decisionToWire(post.approval),
    lastDecision: post.lastDecision && lastDecisionToWire(post.lastDecision),
    undoUntil: undoUntilFor(post),
    lastApprovedVersion: post.lastApprovedVersion,
    checks: post.checks,
    allowed: post.allowed,
    refused: post.refused.map(({ action, code, reason }) => ({ action, code, reason })),
    deletedAt: post.deletedAt?.toISOString() ?? null,
  };
}

function undoUntilFor({ allowed, approval }: FullPost): string | null {
  return allowed.includes("undo_approval") ? (approval?.undoUntil?.toISOString() ?? null) : null;
}

export function mediaToWire(media: Media, workspaceId: string, links: MediaLinks): Wire<typeof schema.media> {
  const { mediaId, createdAt, ...facts } = media;
  return {
    id: mediaId,
    ...facts,
    url: links.addressOf(workspaceId, media.sha256),
    createdAt: createdAt.toISOString(),
  };
}

function editorToWire(editor: Editor) {
  return { ...editor, at: editor.at.toISOString() };
}

/** Variants as they were written, without what is known of their channels. */
export function variantsToWire(variants: Variant[]) {
  return variants.map(({ channelId, content }) => ({
    channelId,
    content: { ...content, options: textOptions(content.options) },
  }));
}

export function setAsideToWire(text: SetAside): Wire<typeof schema.setAsideList>["items"][number] {
  return { ...text, variants: variantsToWire(text.variants), createdAt: text.createdAt.toISOString() };
}

export function versionToWire(version: VersionSummary): Wire<typeof schema.versionList>["items"][number] {
  return { ...version, createdAt: version.createdAt.toISOString() };
}

export function previewToWire(preview: SchedulePreview): Wire<typeof schema.schedulePreview> {
  return {
    kind: preview.kind,
    at: preview.at.toISOString(),
    choices: preview.choices.map(({ rule, at, label }) => ({ rule, at: at.toISOString(), label })),
  };
}

function channelToWire(post: FullPost, channelId: string) {
  const channel = post.channels.get(channelId);
  return { channelId, connector: channel?.connector ?? "", handle: channel?.handle ?? "" };
}

function targetToWire({ channels, lastDecision }: FullPost, channelId: string) {
  const now = channels.get(channelId)?.target;
  const then = lastDecision?.targets[channelId];
  const isElsewhere = then !== undefined && now !== undefined && then.hash !== now.hash;
  return { target: now?.words ?? null, approvedTarget: isElsewhere ? then.words : null };
}

function scheduledToWire(schedule: Schedule | null) {
  return schedule && { ...schedule, at: schedule.at.toISOString() };
}

function decisionToWire(decision: NonNullable<FullPost["approval"]>) {
  return {
    id: decision.id,
    version: decision.version,
    boundHash: decision.boundHash,
    boundAt: decision.boundAt?.toISOString() ?? null,
    note: decision.note,
    decidedBy: decision.decidedBy,
    decidedAt: decision.decidedAt.toISOString(),
  };
}

function lastDecisionToWire(decision: Decision) {
  return {
    ...decisionToWire(decision),
    decision: decision.decision,
    voidedAt: decision.voidedAt?.toISOString() ?? null,
    voidedReason: decision.voidedReason,
  };
}
