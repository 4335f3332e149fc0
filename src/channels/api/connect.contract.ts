import { contract } from "#platform/wire";
import * as schema from "./channels.schema.ts";

const tags = ["Channels"];

export const connectContract = contract({
  connectChannel: {
    method: "POST",
    path: "/channels",
    access: "channels.manage",
    idempotent: true,
    requestsPerMinute: 60,
    summary: "Connect an account by the connector's form",
    tags,
    body: schema.connectBody,
    answers: { 201: schema.channel },
  },

  authorizeChannel: {
    method: "POST",
    path: "/channels/authorize",
    access: "channels.manage",
    requestsPerMinute: 60,
    again: "another way to the consent page; an answer that holds a state is not kept",
    summary: "Start to connect an account: the address of the platform's consent page",
    tags,
    body: schema.authorizeBody,
    answers: { 200: schema.authorized },
  },

  finishAuthorization: {
    method: "GET",
    path: "/oauth/:connector/callback",
    // The state names the workspace and its rights are checked there; a browser sends no header.
    access: "session",
    requestsPerMinute: 60,
    landing: true,
    summary:
      "Where the platform sends the person back; with Accept: application/json, the channel, or with 202 the accounts to pick from",
    tags,
    params: schema.callbackParams,
    query: schema.callbackQuery,
    answers: { 200: schema.channel, 202: schema.pending },
  },
});
