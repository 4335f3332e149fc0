import { z } from "zod";
import { contract, idParams } from "#platform/wire";
import { sessionList, sessionOpened, signInBody } from "./sessions.schema.ts";

const tags = ["Sessions"];

export const sessionsContract = contract({
  signIn: {
    method: "POST",
    path: "/sessions",
    access: "public",
    requestsPerMinute: 20,
    again: "another session; an answer that holds its token is not kept",
    summary: "Sign in with email and password",
    tags,
    body: signInBody,
    answers: { 201: sessionOpened },
  },

  listSessions: {
    method: "GET",
    path: "/sessions",
    access: "session",
    summary: "Where you are signed in",
    tags,
    answers: { 200: sessionList },
  },

  signOut: {
    method: "DELETE",
    path: "/sessions/current",
    access: "session",
    summary: "Sign out",
    tags,
    answers: { 204: z.null() },
  },

  endSession: {
    method: "DELETE",
    path: "/sessions/:id",
    access: "session",
    summary: "End one of your sessions",
    tags,
    params: idParams,
    answers: { 204: z.null() },
  },
});
