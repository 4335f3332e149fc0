import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import * as schema from "./channels.schema.ts";

const tags = ["Channels"];

export const pendingContract = contract({
  getPendingConnection: {
    method: "GET",
    path: "/channels/pending/:id",
    access: "channels.manage",
    summary: "The accounts that a consent opened, of which one or several are picked",
    tags,
    params: idParams,
    answers: { 200: schema.pending },
  },

  pickAccounts: {
    method: "POST",
    path: "/channels/pending/:id",
    access: "channels.manage",
    requestsPerMinute: 60,
    again: "what was picked is gone from what waits",
    summary: "Connect the picked accounts, each as a channel of its own",
    tags,
    params: idParams,
    body: schema.pickBody,
    answers: { 201: schema.channelList },
  },

  dropPendingConnection: {
    method: "DELETE",
    path: "/channels/pending/:id",
    access: "channels.manage",
    summary: "Forget the accounts that a consent opened",
    tags,
    params: idParams,
    answers: { 204: z.null() },
  },
});
