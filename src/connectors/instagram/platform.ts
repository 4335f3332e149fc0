import type { Asked, MetaPlatform } from "../meta-graph/index.ts";

export const platform: MetaPlatform = { id: "instagram", name: "Instagram" };

export const publishing: Asked = { permission: "instagram_content_publish", channelNeedsIt: true };
export const reading: Asked = { permission: "instagram_basic", channelNeedsIt: true };
/** Without it posts still go out. */
export const commenting: Asked = { permission: "instagram_manage_comments", channelNeedsIt: false };
