export type { Agent, AgentParts, DraftOrder } from "./agent.ts";
export { createAgent } from "./agent.ts";
export type { Drafter, DrafterInfo } from "./drafting/drafter.ts";
export { createModelDrafter } from "./llm/model-drafter.ts";
export type { ModelSettings } from "./llm/settings.ts";
export { addressOf as modelAddress } from "./llm/settings.ts";
export { extractiveDrafter } from "./drafting/extractive.ts";
export { AgentError } from "./error.ts";
export type { RunState, RunStep, RunView } from "./run.ts";
