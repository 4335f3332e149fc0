import { contract, idParams, pageQuery } from "#platform/wire";
import { drafterSchema, draftsBody, runPage, runSchema } from "./runs.schema.ts";

const tags = ["Agent"];

/** Above the longest source, so that a source that is too long is answered in words and not by a closed socket. */
const bodyLimit = 16 * 1024 * 1024;

export const runsContract = contract({
  createDrafts: {
    method: "POST",
    path: "/drafts",
    access: "posts.write",
    idempotent: true,
    bodyLimit,
    summary: "Read a source and draft a post for the chosen channels",
    tags,
    body: draftsBody,
    answers: { 202: runSchema },
  },

  listRuns: {
    method: "GET",
    path: "/runs",
    access: "posts.read",
    summary: "Runs of the agent, newest first",
    tags,
    query: pageQuery,
    answers: { 200: runPage },
  },

  getRun: {
    method: "GET",
    path: "/runs/:id",
    access: "posts.read",
    summary: "A run with its steps, those to come included",
    tags,
    params: idParams,
    answers: { 200: runSchema },
  },

  cancelRun: {
    method: "POST",
    path: "/runs/:id/cancel",
    access: "posts.write",
    idempotent: true,
    summary: "Stop a run",
    tags,
    params: idParams,
    answers: { 200: runSchema },
  },

  getDrafter: {
    method: "GET",
    path: "/drafters",
    access: "posts.read",
    summary: "Who drafts: the built-in drafter or the configured model",
    tags,
    answers: { 200: drafterSchema },
  },
});
