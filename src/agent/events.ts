import { z } from "zod";
import { event } from "#platform/events";

export const runStarted = event("run.started", {
  target: "run",
  data: z.object({ source: z.string(), channels: z.array(z.string()) }),
});
export const runCancelled = event("run.cancelled", { target: "run" });
