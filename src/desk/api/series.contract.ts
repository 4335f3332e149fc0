import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import { approveBody } from "./posts.schema.ts";
import * as schema from "./series.schema.ts";

export const seriesContract = contract({
  listSeries: {
    method: "GET",
    path: "/series",
    access: "posts.read",
    summary: "Recurring posts, newest first",
    tags: ["Series"],
    answers: { 200: schema.seriesList },
  },

  listPlannedDates: {
    method: "GET",
    path: "/series/planned",
    access: "posts.read",
    summary: "Dates of series in a span of time that are not made yet, for a calendar",
    tags: ["Series"],
    query: schema.plannedQuery,
    answers: { 200: schema.plannedList },
  },

  getSeries: {
    method: "GET",
    path: "/series/:id",
    access: "posts.read",
    summary: "A series with its dates, what an approval would bind, and what you may do with it",
    tags: ["Series"],
    params: idParams,
    answers: { 200: schema.series },
  },

  previewSeries: {
    method: "POST",
    path: "/series/preview",
    access: "posts.read",
    again: "it only looks",
    summary: "What a rule means in words and dates; nothing is saved",
    tags: ["Series"],
    body: schema.previewBody,
    answers: { 200: schema.rulePreview },
  },
});

/** Each change answers with the series as it is afterwards. */
const step = {
  method: "POST",
  idempotent: true,
  tags: ["Series"],
  params: idParams,
  answers: { 200: schema.series },
} as const;

export const seriesWriteContract = contract({
  createSeries: {
    method: "POST",
    path: "/series",
    access: "posts.write",
    idempotent: true,
    summary: "Repeat a post: its content becomes the template of a series",
    tags: ["Series"],
    body: schema.createBody,
    answers: { 201: schema.series },
  },

  changeSeries: {
    method: "PATCH",
    path: "/series/:id",
    access: "posts.write",
    summary: "Change the rule; a changed rule needs a new approval",
    tags: ["Series"],
    params: idParams,
    body: schema.changeBody,
    answers: { 200: schema.series },
  },

  approveSeries: {
    ...step,
    path: "/series/:id/approve",
    access: "posts.approve",
    summary: "Approve template and rule: every occurrence of them",
    body: approveBody,
  },

  undoSeriesApproval: {
    ...step,
    path: "/series/:id/approve/undo",
    access: "posts.approve",
    summary: "Take back the approval that you gave a moment ago",
  },

  pauseSeries: {
    ...step,
    path: "/series/:id/pause",
    access: "posts.publish",
    summary: "Hold a series; dates meanwhile are left out",
  },

  resumeSeries: {
    ...step,
    path: "/series/:id/resume",
    access: "posts.publish",
    summary: "Go on with the next date",
  },

  endSeries: {
    ...step,
    path: "/series/:id/end",
    access: "posts.publish",
    summary: "End a series; what has not left is taken back",
  },

  removeSeries: {
    method: "DELETE",
    path: "/series/:id",
    access: "posts.publish",
    summary: "End a series and put it away; what was published stays",
    tags: ["Series"],
    params: idParams,
    answers: { 204: z.null() },
  },
});
