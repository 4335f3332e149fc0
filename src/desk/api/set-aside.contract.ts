import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import * as schema from "./posts.schema.ts";

export const setAsideContract = contract({
  listTextsSetAside: {
    method: "GET",
    path: "/posts/:id/set-aside",
    access: "posts.read",
    summary: "What was written on top of an older version and set aside, newest first",
    tags: ["Posts"],
    params: idParams,
    answers: { 200: schema.setAsideList },
  },

  setTextAside: {
    method: "POST",
    path: "/posts/:id/set-aside",
    access: "posts.write",
    idempotent: true,
    summary: "Keep a text that was refused for a newer version, without changing the post",
    tags: ["Posts"],
    params: idParams,
    body: schema.setAsideBody,
    answers: { 201: z.object({ id: z.uuid() }) },
  },
});
