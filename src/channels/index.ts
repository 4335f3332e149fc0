export type { Channel, ChannelCheck, ChannelStatus, Disconnected, OpenChannel } from "./channel.ts";
export type { Channels, ChannelsOptions, OpenOptions } from "./channels.ts";
export { createChannels } from "./channels.ts";
export { channelRoutes } from "./channels.routes.ts";
export { ChannelError } from "./errors.ts";
export type { AuthorizeOptions, CallbackQuery, CallbackResult } from "./oauth.ts";
