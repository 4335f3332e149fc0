import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import type { Desk } from "../desk.ts";
import { DeskError } from "../model/errors.ts";
import { type PostStatus, postStatuses } from "../model/post.ts";
import * as schema from "./posts.schema.ts";
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
import { setAsideRoutes } from "./set-aside.routes.ts";
import { seriesRoutes } from "./series.routes.ts";

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
  app.get(
    "/posts",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listPosts",
        summary: "Posts, newest first; with `from` or `to`, those scheduled then, by their time",
        tags: ["Posts"],
        querystring: schema.listQuery,
        response: { 200: schema.postPage },
      },
    },
    async (request) => {
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
  );

  app.get(
    "/posts/overview",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getOverview",
        summary: "What waits, what goes out next and what went out last, counted over all posts",
        tags: ["Posts"],
        response: { 200: schema.overview },
      },
    },
    async (request) => overviewToWire(await desk.overview(actorOf(request))),
  );

  app.get(
    "/posts/:id",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getPost",
        summary: "A post with its variants, checks, approval, and what you may do with it",
        tags: ["Posts"],
        params: idParams,
        response: { 200: schema.fullPost },
      },
    },
    (request) => answerWith(desk, actorOf(request), request.params.id),
  );

  app.get(
    "/posts/:id/versions",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "listPostVersions",
        summary: "All versions of a post, newest first",
        tags: ["Posts"],
        params: idParams,
        response: { 200: schema.versionList },
      },
    },
    async (request) => {
      const versions = await desk.versions(actorOf(request).workspaceId, request.params.id);
      return { items: versions.map(versionToWire) };
    },
  );

  app.get(
    "/posts/:id/versions/:number",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "getPostVersion",
        summary: "One version of a post",
        tags: ["Posts"],
        params: schema.versionParams,
        response: { 200: schema.version },
      },
    },
    async (request) => {
      const { id, number } = request.params;
      const { variants, ...version } = await desk.version(actorOf(request).workspaceId, id, number);
      return {
        ...versionToWire(version),
        variants: variantsToWire(variants),
      };
    },
  );

  app.post(
    "/posts/check",
    {
      config: { access: "posts.read", again: "it only looks" },
      schema: {
        operationId: "checkPost",
        summary: "What each platform would say to these variants; nothing is saved",
        tags: ["Posts"],
        body: schema.checkBody,
        response: { 200: schema.checkResult },
      },
    },
    async (request) => {
      const { variants, at, postId } = request.body;
      const wanted = { variants, at: at === null ? null : new Date(at), postId };
      return { variants: await desk.check(actorOf(request).workspaceId, wanted) };
    },
  );

  app.get(
    "/schedule/preview",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "previewSchedule",
        summary: "Which instant a wall time is, and the choices where clocks change",
        tags: ["Posts"],
        querystring: schema.scheduleQuery,
        response: { 200: schema.schedulePreview },
      },
    },
    (request) => previewToWire(desk.previewSchedule(request.query.wall, request.query.zone)),
  );
}

function writeRoutes(app: App, desk: Desk): void {
  app.post(
    "/posts",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "createPost",
        summary: "Save a new draft",
        tags: ["Posts"],
        body: schema.createPostBody,
        response: { 201: schema.fullPost },
      },
    },
    async (request, reply) => {
      const id = await desk.create(actorOf(request), request.body);
      return reply.code(201).send(await answerWith(desk, actorOf(request), id));
    },
  );

  app.put(
    "/posts/:id",
    {
      config: { access: "posts.write" },
      schema: {
        operationId: "editPost",
        summary: "Save a new version; a changed content needs a new approval",
        tags: ["Posts"],
        params: idParams,
        body: schema.editPostBody,
        response: { 200: schema.fullPost },
      },
    },
    async (request) => {
      await desk.edit(actorOf(request), request.params.id, request.body);
      return answerWith(desk, actorOf(request), request.params.id);
    },
  );

  app.post(
    "/posts/:id/copy",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "copyPost",
        summary: "Save what a post says now as a new draft, with its versions and sources",
        tags: ["Posts"],
        params: idParams,
        response: { 201: schema.fullPost },
      },
    },
    async (request, reply) => {
      const id = await desk.copy(actorOf(request), request.params.id);
      return reply.code(201).send(await answerWith(desk, actorOf(request), id));
    },
  );

  app.delete(
    "/posts/:id",
    {
      config: { access: "posts.write" },
      schema: {
        operationId: "removePost",
        summary: "Put a draft or a cancelled post away; it can be restored",
        tags: ["Posts"],
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await desk.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/posts/:id/restore",
    {
      config: { access: "posts.write", idempotent: true },
      schema: {
        operationId: "restorePost",
        summary: "Bring back a removed post, or make a cancelled one a draft again",
        tags: ["Posts"],
        params: idParams,
        response: { 200: schema.fullPost },
      },
    },
    async (request) => {
      await desk.restore(actorOf(request), request.params.id);
      return answerWith(desk, actorOf(request), request.params.id);
    },
  );
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
