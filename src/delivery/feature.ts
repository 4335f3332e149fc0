import type { Clock } from "#kit";
import { feature } from "#platform/features";
import type { Files } from "#platform/files";
import { createDeliveries, type DeliveriesOptions } from "./deliveries.ts";

type Needs = Pick<
  Required<DeliveriesOptions>,
  "database" | "jobs" | "channels" | "connectors" | "connectorSettings" | "log" | "dataDir" | "publicUrl"
> & {
  processId: string;
  deliverySettings: DeliveriesOptions["settings"];
  files: Files;
  /** The desk's, by which a platform fetches the files of a post. */
  mediaLinks: { addressOf: (workspaceId: string, sha256: string, until: Date) => string };
  clock: Clock;
};

/** How long a platform may fetch the files of a delivery: a week, because a late post may wait for a person. */
const mediaLinkMs = 7 * 24 * 60 * 60 * 1000;

/** From an approved variant to a published one, exactly once. */
export const deliveriesFeature = feature({
  name: "deliveries",
  needs: [
    "database",
    "jobs",
    "channels",
    "connectors",
    "connectorSettings",
    "log",
    "dataDir",
    "publicUrl",
    "processId",
    "deliverySettings",
    "files",
    "mediaLinks",
    "clock",
  ],
  make: ({ processId, deliverySettings, files, mediaLinks, clock, ...deps }: Needs) => {
    function publicUrl(workspaceId: string, hash: string): string {
      const until = new Date(clock.now().getTime() + mediaLinkMs);
      return new URL(mediaLinks.addressOf(workspaceId, hash, until), deps.publicUrl).href;
    }
    return createDeliveries({
      ...deps,
      claimant: processId,
      settings: deliverySettings,
      files: { ...files, publicUrl },
    });
  },
  worker: (deliveries) => ({
    tasks: deliveries.tasks,
    sweeps: deliveries.sweeps,
    beforeStart: () => deliveries.checkDurability(),
    onDeadWorkers: (ids) => deliveries.recoverFromDead(ids),
  }),
  api: async () => (await import("./routes.ts")).deliveriesApi,
});
