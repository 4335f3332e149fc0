import { feature } from "#platform/features";
import type { HttpClient } from "#platform/http-client";
import { createDesk, type Desk, type DeskOptions } from "./desk.ts";
import type { ImportDeps } from "./import/deps.ts";
import { createImports } from "./import/imports.ts";
import { createMediaLinks } from "./media/media-links.ts";

/** The addresses of media. A feature of its own, because delivery and the site, on which the desk stands, need it too. */
export const mediaLinksFeature = feature({ name: "mediaLinks", needs: ["key"], make: createMediaLinks });

/** Posts: written, reviewed, approved, scheduled. */
export const deskFeature = feature({
  name: "desk",
  needs: [
    "database",
    "jobs",
    "connectors",
    "connectorSettings",
    "deliveries",
    "files",
    "mediaLinks",
    "uploads",
    "clock",
  ],
  make: (needs: DeskOptions) => createDesk(needs),
  worker: ({ tasks, subscribers, series }) => ({
    tasks,
    subscribers,
    // It makes posts, which two Galleys would make twice.
    sweeps: [{ ...series.sweep, notInCopies: true }],
  }),
  api: async () => (await import("./routes.ts")).deskApi,
});

type ImportNeeds = Omit<ImportDeps, "media" | "http"> & { desk: Pick<Desk, "media">; http: HttpClient };

/** Posts from CSV files, and back into one. */
export const importsFeature = feature({
  name: "imports",
  needs: ["database", "connectors", "connectorSettings", "jobs", "http", "desk", "clock"],
  make: ({ desk, ...deps }: ImportNeeds) => createImports({ ...deps, media: desk.media }),
  worker: ({ tasks, sweep }) => ({ tasks, sweeps: [sweep] }),
  api: async () => (await import("./routes.ts")).importsApi,
});
