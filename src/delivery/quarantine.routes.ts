import type { App } from "#platform/wire";
import { actorOf, instant } from "#platform/wire";
import { z } from "zod";
import type { Quarantine } from "./quarantine.ts";

const quarantineView = z.object({
  active: z.boolean(),
  since: instant.nullable(),
  unknownSince: instant.nullable().describe("What was sent after this moment is unknown to this database."),
  reason: z.string().nullable(),
  unchecked: z.int().describe("Due deliveries that were not looked up yet."),
  reading: z.int().describe("Deliveries that are being looked up."),
  asking: z.int().describe("Deliveries about which a person is asked."),
});

/** The whole installation sends nothing after a restore, until what was sent is known. */
export function quarantineRoutes(app: App, { quarantine }: { quarantine: Quarantine }): void {
  app.get(
    "/quarantine",
    {
      config: { access: "posts.read" },
      schema: {
        operationId: "readQuarantine",
        summary: "Whether this installation is quarantined after a restore, and how far looking up has come",
        tags: ["Deliveries"],
        response: { 200: quarantineView },
      },
    },
    () => quarantine.view(),
  );

  app.post(
    "/quarantine",
    {
      config: { access: "workspace.manage" },
      schema: {
        operationId: "startQuarantine",
        summary: "Say that the database was restored: nothing is sent until what was sent is known",
        tags: ["Deliveries"],
        body: z.object({ since: instant.describe("When the backup was made.") }),
        response: { 200: quarantineView },
      },
    },
    (request) => quarantine.enter(actorOf(request), new Date(request.body.since)),
  );

  app.post(
    "/quarantine/release",
    {
      config: { access: "workspace.manage" },
      schema: {
        operationId: "releaseQuarantine",
        summary: "End the quarantine; refused while something is not looked up",
        tags: ["Deliveries"],
        response: { 200: quarantineView },
      },
    },
    (request) => quarantine.release(actorOf(request)),
  );
}
