import { feature } from "#platform/features";
import type { HttpClient } from "#platform/http-client";
import { createHttpClient } from "#platform/http-client";
import { type AgentParts, createAgent } from "./agent.ts";
import type { Drafter } from "./drafting/drafter.ts";
import { extractiveDrafter } from "./drafting/extractive.ts";
import { createModelDrafter } from "./llm/model-drafter.ts";
import { addressOf, type ModelSettings } from "./llm/settings.ts";

/** The configured model, and what the installation lets Galley reach inside its own network. */
export type AgentModel = { settings: ModelSettings; allowOrigins: readonly string[] };

type Needs = Omit<Required<AgentParts>, "drafter" | "http"> & { http: HttpClient; model: AgentModel | null };

/** Runs that turn material into drafts. */
export const agentFeature = feature({
  name: "agent",
  needs: ["database", "connectors", "channels", "desk", "jobs", "http", "model", "clock", "log"],
  make: ({ model, ...deps }: Needs) => createAgent({ ...deps, drafter: drafterOf(model) }),
  // It makes drafts, and costs.
  worker: ({ tasks, sweeps }) => ({
    tasks,
    sweeps: sweeps.map((sweep) => ({ ...sweep, notInCopies: true })),
  }),
  api: async () => (await import("./routes.ts")).agentApi,
});

/** The model is reached by a client of its own: no connector may speak to a model on this machine. */
function drafterOf(model: AgentModel | null): Drafter {
  if (model === null) return extractiveDrafter;
  const connectorOrigins = [new URL(addressOf(model.settings)).origin];
  return createModelDrafter(model.settings, createHttpClient({ ...model, connectorOrigins }));
}
