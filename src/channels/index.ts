export type {
  Channel,
  ChannelCheck,
  ChannelStatus,
  Disconnected,
  OpenChannel,
  PendingConnection,
} from "./model/channel.ts";
export type { Channels, ChannelsOptions, OpenOptions } from "./channels.ts";
export { createChannels } from "./channels.ts";
export type { InstallationSettings } from "./apps/connector-settings.ts";
export {
  accountLimitsOfChannel,
  appOfChannel,
  appValuesOfChannel,
  settingsOf,
} from "./apps/connector-settings.ts";
export { ChannelError } from "./model/errors.ts";
export type { ExpiryWarning } from "./maintenance/watch.ts";
export type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./connect/oauth.ts";
