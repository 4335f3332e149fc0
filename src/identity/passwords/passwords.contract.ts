import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import * as schema from "./passwords.schema.ts";

const tags = ["Sessions"];

export const passwordsContract = contract({
  changePassword: {
    method: "POST",
    path: "/me/password",
    access: "session",
    requestsPerMinute: 20,
    again: "the former password is wrong by then",
    summary: "Change your password; every other session ends",
    tags,
    body: schema.changePasswordBody,
    answers: { 204: z.null() },
  },

  requestPasswordReset: {
    method: "POST",
    path: "/password-resets",
    access: "public",
    requestsPerMinute: 10,
    again: "another link, as a person may ask for who got no mail",
    summary: "Have a link for a new password mailed; the answer is the same for every address",
    tags,
    body: schema.requestResetBody,
    answers: { 204: z.null() },
  },

  completePasswordReset: {
    method: "POST",
    path: "/password-resets/complete",
    access: "public",
    requestsPerMinute: 20,
    again: "the link is used up",
    summary: "Choose a new password by a mailed link; every session ends, and none is opened",
    tags,
    body: schema.resetBody,
    answers: { 204: z.null() },
  },

  listDevices: {
    method: "GET",
    path: "/devices",
    access: "session",
    summary: "Browsers in which you have signed in; wrong passwords from elsewhere do not lock them out",
    tags,
    answers: { 200: schema.deviceList },
  },

  forgetDevice: {
    method: "DELETE",
    path: "/devices/:id",
    access: "session",
    summary: "Forget a browser; its session, if it has one, goes on",
    tags,
    params: idParams,
    answers: { 204: z.null() },
  },
});
