import type { JsonObject } from "#kit";

/** The part of the channels that the agent reads: names and limits, never credentials. */
export type AgentChannels = {
  get(
    workspaceId: string,
    channelId: string,
  ): Promise<{ id: string; connector: string; handle: string; accountLimits: JsonObject | null }>;
};
