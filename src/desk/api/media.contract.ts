import { z } from "zod";
import { contract, idParams, pageQuery } from "#platform/wire";
import * as schema from "./posts.schema.ts";

export const mediaContract = contract({
  listMedia: {
    method: "GET",
    path: "/media",
    access: "posts.read",
    summary: "Media, newest first",
    tags: ["Media"],
    query: pageQuery,
    answers: { 200: schema.mediaPage },
  },

  getMedia: {
    method: "GET",
    path: "/media/:id",
    access: "posts.read",
    summary: "One image, video or document",
    tags: ["Media"],
    params: idParams,
    answers: { 200: schema.media },
  },

  describeMedia: {
    method: "PATCH",
    path: "/media/:id",
    access: "posts.write",
    summary: "Change the alt text that new uses of a file start with",
    tags: ["Media"],
    params: idParams,
    body: schema.altTextBody,
    answers: { 200: schema.media },
  },

  removeMedia: {
    method: "DELETE",
    path: "/media/:id",
    access: "posts.write",
    summary: "Remove a file that no post shows",
    tags: ["Media"],
    params: idParams,
    answers: { 204: z.null() },
  },
});

export const uploadContract = contract({
  uploadMedia: {
    method: "POST",
    path: "/media",
    access: "posts.write",
    idempotent: "content",
    summary: "Upload an image, a video or a PDF (multipart: `file`, `altText`)",
    tags: ["Media"],
    consumes: ["multipart/form-data"],
    answers: { 201: schema.media },
  },
});
