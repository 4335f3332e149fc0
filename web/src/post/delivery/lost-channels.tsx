import { useQuery } from "@tanstack/react-query";
import type { Post } from "../../api/types.ts";
import { channelsQuery } from "../../channels/queries.ts";
import { ReconnectButton } from "../../channels/reconnect-button.tsx";
import { errorsOf } from "../problem-links.tsx";

const lost = new Set(["desk.channel_disconnected", "desk.channel_needs_reconnect"]);

/** Whether what keeps a post from going out is an account that has to be connected again. */
export function isLostConnection({ code }: { code: string }): boolean {
  return lost.has(code);
}

/** The channels of a post that have to be connected again before it can go out. */
export function lostChannels(post: Post): string[] {
  return errorsOf(post)
    .filter(isLostConnection)
    .map(({ channelId }) => channelId);
}

/** One button for each of these channels, which leads back to where it was pressed. */
export function ReconnectChannels({ ids }: { ids: string[] }) {
  const channels = useQuery(channelsQuery);
  return channels.data
    ?.filter(({ id }) => ids.includes(id))
    .map((channel) => <ReconnectButton key={channel.id} channel={channel} />);
}
