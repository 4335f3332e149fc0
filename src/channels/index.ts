export type {
  Channel,
  ChannelCheck,
  ChannelStatus,
  Disconnected,
  OpenChannel,
  PendingConnection,
} from "./channel.ts";
export type { Channels, ChannelsOptions, OpenOptions } from "./channels.ts";
export { createChannels } from "./channels.ts";
export type { InstallationSettings } from "./connector-settings.ts";
export {
  accountLimitsOfChannel,
  appOfChannel,
  appValuesOfChannel,
  settingsOf,
} from "./connector-settings.ts";
export { ChannelError } from "./errors.ts";
export type { ExpiryWarning } from "./watch.ts";
export type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./oauth.ts";
