import { GalleyError } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, idParams } from "#platform/wire";
import { z } from "zod";
import * as schema from "./oauth.schema.ts";
import { reportToWire, warningToWire } from "./oauth.wire.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

const tags = ["Channels"];

/** The connection doctor, and what ends soon. */
export function doctorRoutes(app: App, options: ChannelRoutesOptions): void {
  examinationRoutes(app, options);
  secretRoutes(app, options);
  warningRoutes(app, options);
}

function examinationRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  app.get(
    "/channels/doctor",
    {
      config: { access: "channels.manage", requestsPerMinute: 20 },
      schema: {
        operationId: "examineChannels",
        summary: "Examine the connections to all platforms; one that fails hides none of the others",
        tags,
        response: { 200: schema.reportList },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const examined = await Promise.all(
        [...connectors.keys()].map(async (connector) => {
          try {
            return { report: await channels.examine(actor, connector), connector, message: "" };
          } catch (error) {
            if (!(error instanceof GalleyError))
              request.log.error({ err: error, connector }, "the doctor failed");
            const message =
              error instanceof GalleyError ? error.message : "Galley made a mistake; see its log.";
            return { report: null, connector, message };
          }
        }),
      );
      return {
        items: examined.flatMap(({ report }) => (report ? [reportToWire(options, report)] : [])),
        failed: examined.flatMap(({ report, connector, message }) =>
          report ? [] : [{ connector, message }],
        ),
      };
    },
  );

  app.get(
    "/channels/doctor/:connector",
    {
      config: { access: "channels.manage", requestsPerMinute: 120 },
      schema: {
        operationId: "examinePlatform",
        summary:
          "Examine the connection to one platform: app, address, dates, and a live look at each account",
        tags,
        params: schema.platformParams,
        response: { 200: schema.report },
      },
    },
    async (request) =>
      reportToWire(options, await channels.examine(actorOf(request), request.params.connector)),
  );

  app.get(
    "/channels/:id/doctor",
    {
      config: { access: "channels.manage", requestsPerMinute: 60 },
      schema: {
        operationId: "examineChannel",
        summary: "Examine one channel and its platform",
        tags,
        params: idParams,
        response: { 200: schema.report },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const channel = await channels.get(actor.workspaceId, request.params.id);
      return reportToWire(options, await channels.examine(actor, channel.connector, channel.id));
    },
  );

  app.get(
    "/channels/:id/impact",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "getDisconnectImpact",
        summary: "What waits to go out on a channel, to be told before it is disconnected",
        tags,
        params: idParams,
        response: { 200: schema.impact },
      },
    },
    async (request) => {
      const { workspaceId } = actorOf(request);
      const { id } = await channels.get(workspaceId, request.params.id);
      const waiting = (await options.waitingOn?.(workspaceId, id)) ?? { scheduled: 0, nextAt: null };
      return { scheduled: waiting.scheduled, nextAt: waiting.nextAt?.toISOString() ?? null };
    },
  );
}

function secretRoutes(app: App, { channels }: ChannelRoutesOptions): void {
  app.post(
    "/channels/secrets/rotate",
    {
      config: {
        access: "workspace.manage",
        requestsPerMinute: 10,
        again: "all are under the new key already",
      },
      schema: {
        operationId: "rotateChannelSecrets",
        summary: "Start a new data key and seal the credentials of all channels and apps under it",
        tags,
        response: { 200: schema.rotated },
      },
    },
    (request) => channels.rotateSecrets(actorOf(request)),
  );
}

function warningRoutes(app: App, { channels }: ChannelRoutesOptions): void {
  app.get(
    "/channels/warnings",
    {
      config: { access: "channels.read" },
      schema: {
        operationId: "listExpiryWarnings",
        summary: "What ends within two weeks and needs a person: access, consent, secret, version of an API",
        tags,
        response: { 200: schema.warningList },
      },
    },
    async (request) => ({
      items: (await channels.warnings(actorOf(request).workspaceId)).map(warningToWire),
    }),
  );

  app.delete(
    "/channels/warnings/:id",
    {
      config: { access: "channels.manage" },
      schema: {
        operationId: "dismissExpiryWarning",
        summary: "Hide a warning; a closer one will show again",
        tags,
        params: idParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await channels.dismissWarning(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}
