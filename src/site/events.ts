import { z } from "zod";
import { event } from "#platform/events";

/** `targetId` is the workspace's, which has one site. */
export const siteChanged = event("site.changed", {
  target: "site",
  data: z.object({
    slug: z.string(),
    title: z.string(),
    description: z.string(),
    language: z.string(),
    public: z.boolean(),
  }),
});
