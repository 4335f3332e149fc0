import type { App, Reply } from "#platform/wire";
import { serve, signedInOf } from "#platform/wire";
import { clientOf, type SignedInResult } from "../client.ts";
import type { Identity } from "../identity.ts";
import { sessionsContract } from "./sessions.contract.ts";

export function sessionRoutes(app: App, { identity }: { identity: Identity }): void {
  serve(app, sessionsContract, {
    signIn: async (request, reply) => {
      const result = await identity.signIn(request.body, clientOf(request));
      return sendSession(reply, result, request.body.transport);
    },

    listSessions: async (request) => {
      const { userId, sessionId } = signedInOf(request);
      const sessions = await identity.sessions(userId);
      return {
        items: sessions.map((session) => ({
          ...session,
          createdAt: session.createdAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
          current: session.id === sessionId,
        })),
      };
    },

    signOut: async (request, reply) => {
      const { userId, sessionId } = signedInOf(request);
      await identity.endSession(userId, sessionId);
      for (const cookie of identity.forgetCookies) void reply.header("set-cookie", cookie);
      return reply.code(204).send(null);
    },

    endSession: async (request, reply) => {
      await identity.endSession(signedInOf(request).userId, request.params.id);
      return reply.code(204).send(null);
    },
  });
}

/** Answers 201 with the session in a cookie, or in `Set-Auth-Token` for a program that asked for it. */
export function sendSession(reply: Reply, result: SignedInResult, transport: "cookie" | "bearer") {
  if (transport === "bearer") reply.header("set-auth-token", result.bearer);
  else reply.header("set-cookie", result.cookies);
  return reply.code(201).send({ userId: result.userId, expiresAt: result.expiresAt.toISOString() });
}
