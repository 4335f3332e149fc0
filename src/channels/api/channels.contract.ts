import { contract, idParams } from "#platform/wire";
import * as schema from "./channels.schema.ts";

const tags = ["Channels"];

export const channelsContract = contract({
  listConnectors: {
    method: "GET",
    path: "/connectors",
    access: "channels.read",
    summary: "The platforms that Galley publishes to, how each is connected, and its limits",
    tags,
    answers: { 200: schema.connectorList },
  },

  listChannels: {
    method: "GET",
    path: "/channels",
    access: "channels.read",
    summary: "The connected accounts of the workspace, oldest first",
    tags,
    answers: { 200: schema.channelList },
  },

  getChannel: {
    method: "GET",
    path: "/channels/:id",
    access: "channels.read",
    summary: "A connected account",
    tags,
    params: idParams,
    answers: { 200: schema.channel },
  },
});

export const channelStateContract = contract({
  checkChannel: {
    method: "POST",
    path: "/channels/:id/check",
    access: "channels.manage",
    requestsPerMinute: 60,
    again: "it asks the platform once more",
    summary: "Ask the platform whether the connection works; where not, the cause and the fix",
    tags,
    params: idParams,
    answers: { 200: schema.checked },
  },

  pauseChannel: {
    method: "POST",
    path: "/channels/:id/pause",
    access: "channels.manage",
    again: "it is paused already",
    summary: "Hold back everything that is due on this channel",
    tags,
    params: idParams,
    answers: { 200: schema.channel },
  },

  resumeChannel: {
    method: "POST",
    path: "/channels/:id/resume",
    access: "channels.manage",
    again: "it goes on already",
    summary: "Let a paused channel go on",
    tags,
    params: idParams,
    answers: { 200: schema.channel },
  },

  disconnectChannel: {
    method: "DELETE",
    path: "/channels/:id",
    access: "channels.manage",
    summary: "Withdraw Galley's access, at the platform and here; the history stays",
    tags,
    params: idParams,
    answers: { 200: schema.disconnected },
  },
});
