import { feature } from "#platform/features";
import { createInstallation } from "./installation.ts";

/** What concerns all workspaces. */
export const installationFeature = feature({
  name: "installation",
  needs: ["database", "accounts"],
  make: createInstallation,
  api: async () => (await import("./routes.ts")).installationApi,
});
