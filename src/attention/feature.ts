import { feature } from "#platform/features";
import { type AttentionOptions, createAttention } from "./attention.ts";

/** What waits for whom. */
export const attentionFeature = feature({
  name: "attention",
  needs: ["database", "channels", "deliveries", "desk"],
  make: (needs: AttentionOptions) => createAttention(needs),
  api: async () => (await import("./routes.ts")).attentionApi,
});
