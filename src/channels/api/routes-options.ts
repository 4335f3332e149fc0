import type { ConnectorRegistry } from "#connectors";
import type { Channels } from "../channels.ts";
import type { FormDefaults } from "./channels.wire.ts";
import type { Guides } from "./guide.ts";

export type ChannelRoutesOptions = {
  channels: Channels;
  connectors: ConnectorRegistry;
  publicUrl: string;
  /** What connect forms start with, by connector: the built-in mail catcher connects with one click. */
  formDefaults?: FormDefaults;
  /** Setup guides by connector. */
  guides?: Guides;
  /** What delivery holds for a channel; delivery stands above channels, so it is handed in. */
  waitingOn?: (workspaceId: string, channelId: string) => Promise<{ scheduled: number; nextAt: Date | null }>;
};
