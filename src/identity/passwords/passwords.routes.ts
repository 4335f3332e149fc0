import type { App } from "#platform/wire";
import { serve, signedInOf } from "#platform/wire";
import { clientOf } from "../client.ts";
import type { Identity } from "../identity.ts";
import { passwordsContract } from "./passwords.contract.ts";

/** Another password, by who knows the present one or reads the account's mail, and the devices that are known. */
export function passwordRoutes(app: App, { identity }: { identity: Identity }): void {
  serve(app, passwordsContract, {
    changePassword: async (request, reply) => {
      await identity.passwords.change(signedInOf(request), request.body, clientOf(request));
      return reply.code(204).send(null);
    },

    requestPasswordReset: async (request, reply) => {
      await identity.passwords.requestReset(request.body.email);
      return reply.code(204).send(null);
    },

    completePasswordReset: async (request, reply) => {
      const deviceCookie = await identity.passwords.reset(request.body, clientOf(request));
      return reply.header("set-cookie", deviceCookie).code(204).send(null);
    },

    listDevices: async (request) => {
      const devices = await identity.devices.list(signedInOf(request).userId);
      return {
        items: devices.map((device) => ({
          ...device,
          createdAt: device.createdAt.toISOString(),
          usedAt: device.usedAt.toISOString(),
        })),
      };
    },

    forgetDevice: async (request, reply) => {
      await identity.devices.forget(signedInOf(request).userId, request.params.id);
      return reply.code(204).send(null);
    },
  });
}
