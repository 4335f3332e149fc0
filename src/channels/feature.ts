import { feature } from "#platform/features";
import { type ChannelsOptions, createChannels } from "./channels.ts";

type Needs = Omit<Required<ChannelsOptions>, "site" | "settings"> & {
  connectorSettings: ChannelsOptions["settings"];
  /** Galley's own pages, which the connector `site` publishes to; no feature sees them. */
  sites: { pages: NonNullable<ChannelsOptions["site"]> };
};

/** Connected accounts, and the custody of what opens them. */
export const channelsFeature = feature({
  name: "channels",
  needs: [
    "database",
    "connectors",
    "secrets",
    "http",
    "mail",
    "sites",
    "markdown",
    "connectorSettings",
    "publicUrl",
    "clock",
    "log",
  ],
  make: ({ sites, connectorSettings: settings, ...deps }: Needs) =>
    createChannels({ ...deps, settings, site: sites.pages }),
  // They renew tokens, which holds for one Galley alone.
  worker: ({ sweeps }) => ({ sweeps: sweeps.map((sweep) => ({ ...sweep, notInCopies: true })) }),
  api: async () => (await import("./routes.ts")).channelsApi,
});
