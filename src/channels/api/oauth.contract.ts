import { z } from "zod";
import { contract } from "#platform/wire";
import * as schema from "./oauth.schema.ts";

const tags = ["Platforms"];

export const platformsContract = contract({
  listPlatforms: {
    method: "GET",
    path: "/oauth/platforms",
    access: "channels.read",
    summary: "All platforms: how each is connected, whether its app is set up, and how many accounts are",
    tags,
    answers: { 200: schema.platformList },
  },

  getSetupGuide: {
    method: "GET",
    path: "/oauth/:connector/guide",
    access: "channels.read",
    summary: "The setup guide of a platform as Markdown, with this installation's redirect address in it",
    tags,
    params: schema.platformParams,
    answers: { 200: schema.guide },
  },
});

export const authorizationContract = contract({
  getAuthorization: {
    method: "GET",
    path: "/oauth/:connector/authorize",
    access: "channels.manage",
    requestsPerMinute: 60,
    begins: true,
    landing: true,
    summary: "Start to connect an account; a browser is led to the consent page at once",
    tags,
    params: schema.platformParams,
    query: schema.authorizeQuery,
    answers: { 200: z.object({ authorizeUrl: z.string() }) },
  },

  startAuthorization: {
    method: "POST",
    path: "/oauth/:connector/authorize",
    access: "channels.manage",
    requestsPerMinute: 60,
    again: "another way to the consent page; an answer that holds a state is not kept",
    summary: "Start to connect an account: the address of the platform's consent page",
    tags,
    params: schema.platformParams,
    body: schema.authorizeBody,
    answers: { 200: z.object({ authorizeUrl: z.string() }) },
  },
});

export const accountsContract = contract({
  getPlatformStatus: {
    method: "GET",
    path: "/oauth/:connector/status",
    access: "channels.read",
    summary: "The accounts of a platform, all of them or one",
    tags,
    params: schema.platformParams,
    query: schema.which,
    answers: { 200: schema.status },
  },

  refreshPlatform: {
    method: "POST",
    path: "/oauth/:connector/refresh",
    access: "channels.manage",
    requestsPerMinute: 30,
    again: "the access is renewed once more",
    summary: "Renew the access of one account now",
    tags,
    params: schema.platformParams,
    query: schema.which,
    answers: { 200: schema.refreshed },
  },

  disconnectPlatform: {
    method: "DELETE",
    path: "/oauth/:connector/disconnect",
    access: "channels.manage",
    summary: "Withdraw Galley's access to one account, at the platform and here; the history stays",
    tags,
    params: schema.platformParams,
    query: schema.which,
    answers: { 200: z.object({ revoked: z.boolean().nullable(), message: z.string() }) },
  },
});

export const appsContract = contract({
  checkPlatformApp: {
    method: "POST",
    path: "/oauth/:connector/app/check",
    access: "channels.manage",
    again: "it only looks; an answer about a secret is not kept",
    summary: "What looks wrong about pasted values of an app; nothing is stored",
    tags,
    params: schema.platformParams,
    body: schema.appCheckBody,
    answers: { 200: schema.appChecked },
  },

  savePlatformApp: {
    method: "PUT",
    path: "/oauth/:connector/app",
    access: "channels.manage",
    requestsPerMinute: 30,
    summary: "The workspace's own app of a platform; it goes before that of the installation",
    tags,
    params: schema.platformParams,
    body: schema.appBody,
    answers: { 200: schema.app },
  },

  removePlatformApp: {
    method: "DELETE",
    path: "/oauth/:connector/app",
    access: "channels.manage",
    summary: "Go back to the installation's app; connected channels keep the one they were connected with",
    tags,
    params: schema.platformParams,
    answers: { 204: z.null() },
  },
});
