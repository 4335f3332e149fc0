import { contract, idParams } from "#platform/wire";
import * as schema from "./posts.schema.ts";

/** Each decision answers with the post as it is afterwards. */
const decision = {
  method: "POST",
  idempotent: true,
  tags: ["Review"],
  params: idParams,
  answers: { 200: schema.fullPost },
} as const;

export const reviewContract = contract({
  submitPost: {
    ...decision,
    path: "/posts/:id/submit",
    access: "posts.write",
    summary: "Ask for approval",
  },

  withdrawPost: {
    ...decision,
    path: "/posts/:id/withdraw",
    access: "posts.write",
    summary: "Back to draft",
  },

  approvePost: {
    ...decision,
    path: "/posts/:id/approve",
    access: "posts.approve",
    summary: "Approve exactly what you saw",
    body: schema.approveBody,
  },

  undoApproval: {
    ...decision,
    path: "/posts/:id/approve/undo",
    access: "posts.approve",
    summary: "Take back the approval that you gave a moment ago",
  },

  requestChanges: {
    ...decision,
    path: "/posts/:id/request-changes",
    access: "posts.approve",
    summary: "Send a post back with a note",
    body: schema.requestChangesBody,
  },

  schedulePost: {
    ...decision,
    path: "/posts/:id/schedule",
    access: "posts.publish",
    summary: "Choose when a post goes out",
    body: schema.scheduleBody,
  },

  publishPost: {
    ...decision,
    path: "/posts/:id/publish",
    access: "posts.publish",
    summary: "Publish now",
    body: schema.releaseBody,
  },

  unschedulePost: {
    ...decision,
    path: "/posts/:id/unschedule",
    access: "posts.publish",
    summary: "Take the time away",
    answers: { 200: schema.heldPost },
  },

  cancelPost: {
    ...decision,
    path: "/posts/:id/cancel",
    access: "posts.publish",
    summary: "Give a post up",
    answers: { 200: schema.heldPost },
  },
});
