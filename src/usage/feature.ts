import { feature } from "#platform/features";

/** What every model call cost: whoever calls a model writes it with `recordUsage`, so nothing of it is made here. */
export const usageFeature = feature({
  name: "usage",
  needs: [],
  make: () => ({}),
  api: async () => (await import("./routes.ts")).usageApi,
});
