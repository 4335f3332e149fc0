import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import * as schema from "./posts.schema.ts";

export const postsContract = contract({
  listPosts: {
    method: "GET",
    path: "/posts",
    access: "posts.read",
    summary: "Posts, newest first; with `from` or `to`, those scheduled then, by their time",
    tags: ["Posts"],
    query: schema.listQuery,
    answers: { 200: schema.postPage },
  },

  getOverview: {
    method: "GET",
    path: "/posts/overview",
    access: "posts.read",
    summary: "What waits, what goes out next and what went out last, counted over all posts",
    tags: ["Posts"],
    answers: { 200: schema.overview },
  },

  getPost: {
    method: "GET",
    path: "/posts/:id",
    access: "posts.read",
    summary: "A post with its variants, checks, approval, and what you may do with it",
    tags: ["Posts"],
    params: idParams,
    answers: { 200: schema.fullPost },
  },

  listPostVersions: {
    method: "GET",
    path: "/posts/:id/versions",
    access: "posts.read",
    summary: "All versions of a post, newest first",
    tags: ["Posts"],
    params: idParams,
    answers: { 200: schema.versionList },
  },

  getPostVersion: {
    method: "GET",
    path: "/posts/:id/versions/:number",
    access: "posts.read",
    summary: "One version of a post",
    tags: ["Posts"],
    params: schema.versionParams,
    answers: { 200: schema.version },
  },

  checkPost: {
    method: "POST",
    path: "/posts/check",
    access: "posts.read",
    again: "it only looks",
    summary: "What each platform would say to these variants; nothing is saved",
    tags: ["Posts"],
    body: schema.checkBody,
    answers: { 200: schema.checkResult },
  },

  previewSchedule: {
    method: "GET",
    path: "/schedule/preview",
    access: "posts.read",
    summary: "Which instant a wall time is, and the choices where clocks change",
    tags: ["Posts"],
    query: schema.scheduleQuery,
    answers: { 200: schema.schedulePreview },
  },
});

export const postsWriteContract = contract({
  createPost: {
    method: "POST",
    path: "/posts",
    access: "posts.write",
    idempotent: true,
    summary: "Save a new draft",
    tags: ["Posts"],
    body: schema.createPostBody,
    answers: { 201: schema.fullPost },
  },

  editPost: {
    method: "PUT",
    path: "/posts/:id",
    access: "posts.write",
    summary: "Save a new version; a changed content needs a new approval",
    tags: ["Posts"],
    params: idParams,
    body: schema.editPostBody,
    answers: { 200: schema.fullPost },
  },

  copyPost: {
    method: "POST",
    path: "/posts/:id/copy",
    access: "posts.write",
    idempotent: true,
    summary: "Save what a post says now as a new draft, with its versions and sources",
    tags: ["Posts"],
    params: idParams,
    answers: { 201: schema.fullPost },
  },

  removePost: {
    method: "DELETE",
    path: "/posts/:id",
    access: "posts.write",
    summary: "Put a draft or a cancelled post away; it can be restored",
    tags: ["Posts"],
    params: idParams,
    answers: { 204: z.null() },
  },

  restorePost: {
    method: "POST",
    path: "/posts/:id/restore",
    access: "posts.write",
    idempotent: true,
    summary: "Bring back a removed post, or make a cancelled one a draft again",
    tags: ["Posts"],
    params: idParams,
    answers: { 200: schema.fullPost },
  },
});
