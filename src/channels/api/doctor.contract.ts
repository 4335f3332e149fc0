import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import * as schema from "./oauth.schema.ts";

const tags = ["Channels"];

export const doctorContract = contract({
  examineChannels: {
    method: "GET",
    path: "/channels/doctor",
    access: "channels.manage",
    requestsPerMinute: 20,
    summary: "Examine the connections to all platforms; one that fails hides none of the others",
    tags,
    answers: { 200: schema.reportList },
  },

  examinePlatform: {
    method: "GET",
    path: "/channels/doctor/:connector",
    access: "channels.manage",
    requestsPerMinute: 120,
    summary: "Examine the connection to one platform: app, address, dates, and a live look at each account",
    tags,
    params: schema.platformParams,
    answers: { 200: schema.report },
  },

  examineChannel: {
    method: "GET",
    path: "/channels/:id/doctor",
    access: "channels.manage",
    requestsPerMinute: 60,
    summary: "Examine one channel and its platform",
    tags,
    params: idParams,
    answers: { 200: schema.report },
  },

  getDisconnectImpact: {
    method: "GET",
    path: "/channels/:id/impact",
    access: "channels.read",
    summary: "What waits to go out on a channel, to be told before it is disconnected",
    tags,
    params: idParams,
    answers: { 200: schema.impact },
  },
});

export const channelSecretsContract = contract({
  rotateChannelSecrets: {
    method: "POST",
    path: "/channels/secrets/rotate",
    access: "workspace.manage",
    requestsPerMinute: 10,
    again: "all are under the new key already",
    summary: "Start a new data key and seal the credentials of all channels and apps under it",
    tags,
    answers: { 200: schema.rotated },
  },
});

export const warningsContract = contract({
  listExpiryWarnings: {
    method: "GET",
    path: "/channels/warnings",
    access: "channels.read",
    summary: "What ends within two weeks and needs a person: access, consent, secret, version of an API",
    tags,
    answers: { 200: schema.warningList },
  },

  dismissExpiryWarning: {
    method: "DELETE",
    path: "/channels/warnings/:id",
    access: "channels.manage",
    summary: "Hide a warning; a closer one will show again",
    tags,
    params: idParams,
    answers: { 204: z.null() },
  },
});
