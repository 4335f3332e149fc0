import { z } from "zod";
import type { App } from "#platform/wire";
import { idParams, signedInOf } from "#platform/wire";
import type { Identity } from "./identity.ts";
import * as schema from "./passwords.schema.ts";
import { clientOf } from "./sessions/sessions.routes.ts";

/** Another password, by who knows the present one or reads the account's mail, and the devices that are known. */
export function passwordRoutes(app: App, { identity }: { identity: Identity }): void {
  const tags = ["Sessions"];

  app.post(
    "/me/password",
    {
      config: { access: "session", requestsPerMinute: 20, again: "the former password is wrong by then" },
      schema: {
        operationId: "changePassword",
        summary: "Change your password; every other session ends",
        tags,
        body: schema.changePasswordBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await identity.passwords.change(signedInOf(request), request.body, clientOf(request));
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/password-resets",
    {
      config: {
        access: "public",
        requestsPerMinute: 10,
        again: "another link, as a person may ask for who got no mail",
      },
      schema: {
        operationId: "requestPasswordReset",
        summary: "Have a link for a new password mailed; the answer is the same for every address",
        tags,
        body: schema.requestResetBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await identity.passwords.requestReset(request.body.email);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/password-resets/complete",
    {
      config: { access: "public", requestsPerMinute: 20, again: "the link is used up" },
      schema: {
        operationId: "completePasswordReset",
        summary: "Choose a new password by a mailed link; every session ends, and none is opened",
        tags,
        body: schema.resetBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const deviceCookie = await identity.passwords.reset(request.body, clientOf(request));
      return reply.header("set-cookie", deviceCookie).code(204).send(null);
    },
  );

  app.get(
    "/devices",
    {
      config: { access: "session" },
      schema: {
        operationId: "listDevices",
        summary: "Browsers in which you have signed in; wrong passwords from elsewhere do not lock them out",
        tags,
        response: { 200: schema.deviceList },
      },
    },
    async (request) => {
      const devices = await identity.devices.list(signedInOf(request).userId);
      return {
        items: devices.map((device) => ({
          ...device,
          createdAt: device.createdAt.toISOString(),
          usedAt: device.usedAt.toISOString(),
        })),
      };
    },
  );

  app.delete(
    "/devices/:id",
    {
      config: { access: "session" },
      schema: {
        operationId: "forgetDevice",
        summary: "Forget a browser; its session, if it has one, goes on",
        tags,
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await identity.devices.forget(signedInOf(request).userId, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
