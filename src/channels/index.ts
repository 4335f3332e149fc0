export type {
  Channel,
  ChannelCheck,
  ChannelStatus,
  Disconnected,
  OpenChannel,
  PendingConnection,
} from "./model/channel.ts";
export type { Channels, ChannelsOptions } from "./channels.ts";
export type { OpenOptions } from "./deps.ts";
export { createChannels } from "./channels.ts";
export type { InstallationSettings } from "./apps/connector-settings.ts";
export { settingsOf } from "./apps/connector-settings.ts";
export { accountLimitsOfChannel, appOfChannel, appValuesOfChannel } from "./apps/connector-settings.read.ts";
export { ChannelError } from "./model/errors.ts";
export { channelExpiryWarned, channelTargetChanged } from "./events.ts";
export type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./connect/oauth.ts";
export { channelsFeature } from "./feature.ts";
