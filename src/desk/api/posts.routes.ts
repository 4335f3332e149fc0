import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import type { Desk } from "../desk.ts";
import { DeskError } from "../model/errors.ts";
import { type PostStatus, postStatuses } from "../model/post.ts";
import { postsContract, postsWriteContract } from "./posts.contract.ts";
import {
  answerWith,
  overviewToWire,
  previewToWire,
  summaryToWire,
  variantsToWire,
  versionToWire,
} from "./posts.wire.ts";
import { queueRoutes } from "./queue.routes.ts";
import { reviewRoutes } from "./review.routes.ts";
import { seriesRoutes } from "./series.routes.ts";
import { setAsideRoutes } from "./set-aside.routes.ts";

/** Posts: write, read, check, review, schedule, publish. */
export function postRoutes(app: App, { desk }: { desk: Desk }): void {
  readRoutes(app, desk);
  writeRoutes(app, desk);
  setAsideRoutes(app, desk);
  reviewRoutes(app, desk);
  queueRoutes(app, desk);
  seriesRoutes(app, desk.series);
}

function readRoutes(app: App, desk: Desk): void {
  serve(app, postsContract, {
    listPosts: async (request) => {
      const { status, q, from, to, cursor, limit } = request.query;
      const { workspaceId, userId } = actorOf(request);
      const page = await desk.list(workspaceId, {
        viewerId: userId,
        statuses: statusesOf(status),
        search: q?.trim() || null,
        from: from === undefined ? null : new Date(from),
        to: to === undefined ? null : new Date(to),
        cursor: cursor ?? null,
        limit,
      });
      return { items: page.items.map(summaryToWire), next: page.next };
    },

    getOverview: async (request) => overviewToWire(await desk.overview(actorOf(request))),

    getPost: (request) => answerWith(desk, actorOf(request), request.params.id),

    listPostVersions: async (request) => {
      const versions = await desk.versions(actorOf(request).workspaceId, request.params.id);
      return { items: versions.map(versionToWire) };
    },

    getPostVersion: async (request) => {
      const { id, number } = request.params;
      const { variants, ...version } = await desk.version(actorOf(request).workspaceId, id, number);
      return {
        ...versionToWire(version),
        variants: variantsToWire(variants),
      };
    },

    checkPost: async (request) => {
      const { variants, at, postId } = request.body;
      const wanted = { variants, at: at === null ? null : new Date(at), postId };
      return { variants: await desk.check(actorOf(request).workspaceId, wanted) };
    },

    previewSchedule: (request) => previewToWire(desk.previewSchedule(request.query.wall, request.query.zone)),
  });
}

function writeRoutes(app: App, desk: Desk): void {
  serve(app, postsWriteContract, {
    createPost: async (request, reply) => {
      const id = await desk.create(actorOf(request), request.body);
      return reply.code(201).send(await answerWith(desk, actorOf(request), id));
    },

    editPost: async (request) => {
      await desk.edit(actorOf(request), request.params.id, request.body);
      return answerWith(desk, actorOf(request), request.params.id);
    },

    copyPost: async (request, reply) => {
      const id = await desk.copy(actorOf(request), request.params.id);
      return reply.code(201).send(await answerWith(desk, actorOf(request), id));
    },

    removePost: async (request, reply) => {
      await desk.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },

    restorePost: async (request) => {
      await desk.restore(actorOf(request), request.params.id);
      return answerWith(desk, actorOf(request), request.params.id);
    },
  });
}

function statusesOf(list: string | undefined): PostStatus[] {
  const names = (list ?? "").split(",").filter((name) => name !== "");
  return names.map((name) => {
    const known = postStatuses.find((status) => status === name);
    if (known) return known;
    throw new DeskError({
      code: "desk.unknown_status",
      kind: "invalid",
      message: `There is no status "${name}"; use ${postStatuses.join(", ")}.`,
      problems: [{ path: "/status", code: "desk.unknown_status", message: "Unknown status." }],
    });
  });
}
