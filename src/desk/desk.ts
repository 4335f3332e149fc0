import type { Actor, JsonObject } from "#kit";
import type { Subscriber } from "#platform/events";
import type { Files } from "#platform/files";
import type { Jobs, Task } from "#platform/jobs";
import type { DeskDeps } from "./deps.ts";
import { createImages } from "./media/images.ts";
import type { MediaLinks } from "./media/media-links.ts";
import { mediaByIds } from "./media/media.store.ts";
import { type MediaDesk, createMediaDesk } from "./media/media.ts";
import type { UploadLimits } from "./media/receive.ts";
import { targetChannels } from "./model/channels.store.ts";
import { type VariantCheck, checkVariants } from "./model/check.ts";
import type { Variant } from "./model/post.ts";
import { type SchedulePreview, previewSchedule } from "./model/schedule.ts";
import type { Unready } from "./model/unready.ts";
import { type PlannedPost, warnOfOtherPosts } from "./model/warnings.ts";
import { copyPost } from "./posts/copy.ts";
import type { PostDeps } from "./posts/hooks.ts";
import {
  type HeldBack,
  type ScheduleRequest,
  cancelPost,
  publishPost,
  schedulePost,
  unschedulePost,
} from "./posts/publish.ts";
import { removePost, restorePost } from "./posts/remove.ts";
import { approvePost, requestChanges, submitPost, undoApproval, withdrawPost } from "./posts/review.ts";
import type { SetAside } from "./posts/set-aside.store.ts";
import { listSetAside, setAside } from "./posts/set-aside.ts";
import { settlePosts, settleSubscriber, settleTasks } from "./posts/settle.ts";
import { targetChanged, targetSubscriber, targetTasks } from "./posts/targets.ts";
import { type Draft, type Edit, createPost, editPost, proposePost } from "./posts/write.ts";
import { type QueueDesk, createQueueDesk } from "./queue/queue.ts";
import { seriesHooks } from "./series/hooks.ts";
import { type SeriesDesk, createSeriesDesk } from "./series/series-desk.ts";
import { type PostFilter, type PostSummary, listPosts, postsByIds } from "./views/posts.list.read.ts";
import { type Overview, readOverview } from "./views/posts.overview.read.ts";
import {
  type FullPost,
  type VersionSummary,
  listVersions,
  readPost,
  readVersion,
} from "./views/posts.read.ts";

/**
 * Posts from the first draft to the hand-over to delivery. Every verb takes who acts, runs in one
 * transaction under the post's lock, and throws a `DeskError` that says why when the rules refuse it.
 */
export type Desk = {
  /** Those of these posts that are there, as a list shows them to this person. */
  byIds(actor: Actor, ids: string[]): Promise<PostSummary[]>;
  list(workspaceId: string, filter: PostFilter): Promise<{ items: PostSummary[]; next: string | null }>;
  overview(actor: Actor): Promise<Overview>;
  read(actor: Actor, id: string): Promise<FullPost>;
  versions(workspaceId: string, id: string): Promise<VersionSummary[]>;
  version(workspaceId: string, id: string, number: number): Promise<VersionSummary & { variants: Variant[] }>;
  /** What each platform would say, and what other posts make worth a warning; saves nothing. */
  check(workspaceId: string, wanted: PlannedPost): Promise<VariantCheck[]>;
  previewSchedule(wall: string, zone: string): SchedulePreview;
  create(actor: Actor, draft: Draft): Promise<string>;
  /** A draft by the agent on behalf of `actor`; the only verb that the agent has. */
  propose(actor: Actor, proposal: Draft & { runId: string }): Promise<string>;
  edit(actor: Actor, id: string, edit: Edit): Promise<void>;
  /** Keeps a text that lost to somebody else's version beside the history; its id. */
  setAside(actor: Actor, id: string, text: Pick<Edit, "title" | "variants" | "baseVersion">): Promise<string>;
  textsSetAside(workspaceId: string, id: string): Promise<SetAside[]>;
  copy(actor: Actor, id: string): Promise<string>;
  remove(actor: Actor, id: string): Promise<void>;
  restore(actor: Actor, id: string): Promise<void>;
  submit(actor: Actor, id: string): Promise<void>;
  withdraw(actor: Actor, id: string): Promise<void>;
  approve(actor: Actor, id: string, seen: { boundHash: string; note: string }): Promise<void>;
  undoApproval(actor: Actor, id: string): Promise<void>;
  requestChanges(actor: Actor, id: string, note: string): Promise<void>;
  schedule(actor: Actor, id: string, request: ScheduleRequest): Promise<void>;
  unschedule(actor: Actor, id: string): Promise<HeldBack>;
  publish(actor: Actor, id: string, unready?: Unready): Promise<void>;
  cancel(actor: Actor, id: string): Promise<HeldBack>;
  /** Brings posts in line with their deliveries: `{workspaceId, postIds}`. */
  deliverySettled(payload: JsonObject): Promise<void>;
  /** A channel leads elsewhere: `{workspaceId, channelId}`. */
  targetChanged(payload: JsonObject): Promise<void>;
  queue: QueueDesk;
  series: SeriesDesk;
  media: MediaDesk;
  mediaLinks: MediaLinks;
  tasks: Record<string, Task>;
  subscribers: readonly Subscriber[];
  now(): Date;
};

export type DeskOptions = DeskDeps & {
  jobs: Jobs;
  files: Files;
  mediaLinks: MediaLinks;
  uploads: UploadLimits;
};

export function createDesk({ jobs, files, mediaLinks, uploads, ...given }: DeskOptions): Desk {
  const deps: PostDeps = { ...given, hooks: seriesHooks(given) };
  const { database, connectors, connectorSettings, clock } = deps;
  const images = createImages({ maxPixels: uploads.maxPixels });

  async function check(workspaceId: string, wanted: PlannedPost): Promise<VariantCheck[]> {
    const { variants } = wanted;
    const mediaIds = variants.flatMap(({ content }) => content.media.map(({ mediaId }) => mediaId));
    const channelIds = variants.map(({ channelId }) => channelId);
    return database.inWorkspace(workspaceId, async (db) => {
      const channels = await targetChannels(db, workspaceId, channelIds);
      const media = await mediaByIds(db, workspaceId, mediaIds);
      const checks = checkVariants(variants, { connectors, connectorSettings, channels, media });
      return warnOfOtherPosts(db, workspaceId, checks, wanted, clock.now());
    });
  }

  return {
    byIds: (actor, ids) => postsByIds(deps, actor, ids),
    list: (workspaceId, filter) => listPosts(deps, workspaceId, filter),
    overview: (actor) => readOverview(deps, actor.workspaceId, actor.userId),
    read: (actor, id) => readPost(deps, actor, id),
    versions: (workspaceId, id) => listVersions(deps, workspaceId, id),
    version: (workspaceId, id, number) => readVersion(deps, workspaceId, id, number),
    check,
    previewSchedule,
    create: (actor, draft) => createPost(deps, actor, draft),
    propose: (actor, proposal) => proposePost(deps, actor, proposal),
    edit: (actor, id, edit) => editPost(deps, actor, id, edit),
    setAside: (actor, id, text) => setAside(deps, actor, id, text),
    textsSetAside: (workspaceId, id) => listSetAside(deps, workspaceId, id),
    copy: (actor, id) => copyPost(deps, actor, id),
    remove: (actor, id) => removePost(deps, actor, id),
    restore: (actor, id) => restorePost(deps, actor, id),
    submit: (actor, id) => submitPost(deps, actor, id),
    withdraw: (actor, id) => withdrawPost(deps, actor, id),
    approve: (actor, id, seen) => approvePost(deps, actor, id, seen),
    undoApproval: (actor, id) => undoApproval(deps, actor, id),
    requestChanges: (actor, id, note) => requestChanges(deps, actor, id, note),
    schedule: (actor, id, request) => schedulePost(deps, actor, id, request),
    unschedule: (actor, id) => unschedulePost(deps, actor, id),
    publish: (actor, id, unready) => publishPost(deps, actor, id, unready),
    cancel: (actor, id) => cancelPost(deps, actor, id),
    deliverySettled: (payload) => settlePosts(deps, payload),
    targetChanged: (payload) => targetChanged(deps, payload),
    queue: createQueueDesk(deps),
    series: createSeriesDesk(deps),
    media: createMediaDesk({ database, files, images, clock, uploads }),
    mediaLinks,
    tasks: { ...settleTasks(deps), ...targetTasks(deps) },
    subscribers: [settleSubscriber({ clock, jobs }), targetSubscriber({ jobs })],
    now: () => clock.now(),
  };
}
