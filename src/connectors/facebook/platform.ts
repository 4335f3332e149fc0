import type { Asked, MetaPlatform } from "../meta-graph/index.ts";

export const platform: MetaPlatform = { id: "facebook", name: "Facebook" };

export const posting: Asked = { permission: "pages_manage_posts", channelNeedsIt: true };
export const reading: Asked = { permission: "pages_read_engagement", channelNeedsIt: true };
/** Without it posts still go out. */
export const commenting: Asked = { permission: "pages_manage_engagement", channelNeedsIt: false };
