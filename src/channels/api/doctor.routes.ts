import { GalleyError } from "#kit";
import type { App } from "#platform/wire";
import { actorOf, serve } from "#platform/wire";
import { doctorContract, channelSecretsContract, warningsContract } from "./doctor.contract.ts";
import { reportToWire, warningToWire } from "./oauth.wire.ts";
import type { ChannelRoutesOptions } from "./routes-options.ts";

/** The connection doctor, and what ends soon. */
export function doctorRoutes(app: App, options: ChannelRoutesOptions): void {
  examinationRoutes(app, options);
  secretRoutes(app, options);
  warningRoutes(app, options);
}

function examinationRoutes(app: App, options: ChannelRoutesOptions): void {
  const { channels, connectors } = options;

  serve(app, doctorContract, {
    examineChannels: async (request) => {
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

    examinePlatform: async (request) =>
      reportToWire(options, await channels.examine(actorOf(request), request.params.connector)),

    examineChannel: async (request) => {
      const actor = actorOf(request);
      const channel = await channels.get(actor.workspaceId, request.params.id);
      return reportToWire(options, await channels.examine(actor, channel.connector, channel.id));
    },

    getDisconnectImpact: async (request) => {
      const { workspaceId } = actorOf(request);
      const { id } = await channels.get(workspaceId, request.params.id);
      const waiting = (await options.waitingOn?.(workspaceId, id)) ?? { scheduled: 0, nextAt: null };
      return { scheduled: waiting.scheduled, nextAt: waiting.nextAt?.toISOString() ?? null };
    },
  });
}

function secretRoutes(app: App, { channels }: ChannelRoutesOptions): void {
  serve(app, channelSecretsContract, {
    rotateChannelSecrets: (request) => channels.rotateSecrets(actorOf(request)),
  });
}

function warningRoutes(app: App, { channels }: ChannelRoutesOptions): void {
  serve(app, warningsContract, {
    listExpiryWarnings: async (request) => ({
      items: (await channels.warnings(actorOf(request).workspaceId)).map(warningToWire),
    }),

    dismissExpiryWarning: async (request, reply) => {
      await channels.dismissWarning(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
