import { event } from "#platform/events";
import { z } from "zod";

export const runStarted = event("run.started", {
  target: "run",
  data: z.object({ source: z.string(), channels: z.array(z.string()) }),
});
export const runCancelled = event("run.cancelled", { target: "run" });
