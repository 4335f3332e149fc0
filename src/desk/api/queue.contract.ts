import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import { fullPost, releaseBody } from "./posts.schema.ts";
import * as schema from "./queue.schema.ts";

export const slotsContract = contract({
  listQueueSlots: {
    method: "GET",
    path: "/queue/slots",
    access: "posts.read",
    summary: "The weekly slots of all channels",
    tags: ["Queue"],
    answers: { 200: schema.slotList },
  },

  addQueueSlot: {
    method: "POST",
    path: "/queue/slots",
    access: "posts.publish",
    idempotent: true,
    summary: "Give a channel a weekly slot",
    tags: ["Queue"],
    body: schema.slotBody,
    answers: { 201: schema.slot },
  },

  changeQueueSlot: {
    method: "PUT",
    path: "/queue/slots/:id",
    access: "posts.publish",
    summary: "Move a weekly slot; posts that it holds keep their time",
    tags: ["Queue"],
    params: idParams,
    body: schema.slotChange,
    answers: { 200: schema.slot },
  },

  removeQueueSlot: {
    method: "DELETE",
    path: "/queue/slots/:id",
    access: "posts.publish",
    summary: "Take a weekly slot away; posts that it holds keep their time",
    tags: ["Queue"],
    params: idParams,
    answers: { 204: z.null() },
  },
});

export const queueContract = contract({
  listQueue: {
    method: "GET",
    path: "/queue",
    access: "posts.read",
    summary: "Coming slots in a span of time, at most twelve weeks, each with the post that holds it",
    tags: ["Queue"],
    query: schema.upcomingQuery,
    answers: { 200: schema.upcomingList },
  },

  suggestSlot: {
    method: "POST",
    path: "/queue/suggest",
    access: "posts.read",
    again: "it only looks",
    summary: "The best free slot for some channels, with the reasons",
    tags: ["Queue"],
    body: schema.suggestBody,
    answers: { 200: schema.suggestion },
  },

  queuePost: {
    method: "POST",
    path: "/posts/:id/queue",
    access: "posts.publish",
    idempotent: true,
    summary: "Schedule a post at the next free slot of its channels",
    tags: ["Queue"],
    params: idParams,
    body: releaseBody,
    answers: { 200: fullPost },
  },

  moveInQueue: {
    method: "POST",
    path: "/posts/:id/queue/move",
    access: "posts.publish",
    idempotent: true,
    summary: "Change places with the post before or after it in the queue",
    tags: ["Queue"],
    params: idParams,
    body: schema.moveBody,
    answers: { 200: fullPost },
  },
});
