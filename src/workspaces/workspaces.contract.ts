import { sessionOpened } from "#contracts/identity";
import { contract } from "#platform/wire";
import * as schema from "./workspaces.schema.ts";

export const setUpContract = contract({
  setUpNeeded: {
    method: "GET",
    path: "/setup",
    access: "public",
    summary: "Whether this installation still needs its owner",
    tags: ["Set-up"],
    answers: { 200: schema.setUpNeeded },
  },

  setUp: {
    method: "POST",
    path: "/setup",
    access: "public",
    forSetUp: true,
    requestsPerMinute: 20,
    again: "there is an owner already",
    summary: "Make the owner and the first workspace, once",
    description:
      "From the server's own machine; from elsewhere with the header `Galley-Setup-Token`, which Galley prints at its start.",
    tags: ["Set-up"],
    body: schema.setUpBody,
    answers: { 201: sessionOpened },
  },
});

export const personContract = contract({
  whoAmI: {
    method: "GET",
    path: "/me",
    access: "session",
    summary: "You, your workspaces, and what you may do in this one",
    tags: ["Workspaces"],
    answers: { 200: schema.me },
  },

  listWorkspaces: {
    method: "GET",
    path: "/workspaces",
    access: "session",
    summary: "The workspaces that you belong to",
    tags: ["Workspaces"],
    answers: { 200: schema.workspaceList },
  },

  createWorkspace: {
    method: "POST",
    path: "/workspaces",
    access: "session",
    idempotent: true,
    summary: "Make a workspace that you own",
    tags: ["Workspaces"],
    body: schema.createWorkspaceBody,
    answers: { 201: schema.workspace },
  },
});

export const workspaceSettingsContract = contract({
  updateWorkspace: {
    method: "PATCH",
    path: "/workspace",
    access: "workspace.manage",
    summary: "Change the settings of this workspace",
    tags: ["Workspaces"],
    body: schema.updateWorkspaceBody,
    answers: { 200: schema.workspace },
  },

  pauseWorkspace: {
    method: "POST",
    path: "/workspace/pause",
    access: "channels.manage",
    again: "it is so already",
    summary: "Send nothing of this workspace until it is resumed",
    tags: ["Workspaces"],
    answers: { 200: schema.workspace },
  },

  resumeWorkspace: {
    method: "POST",
    path: "/workspace/resume",
    access: "channels.manage",
    again: "it is so already",
    summary: "Send again what this workspace has on its way",
    tags: ["Workspaces"],
    answers: { 200: schema.workspace },
  },
});
