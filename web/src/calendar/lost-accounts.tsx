import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { ReconnectButton } from "../channels/reconnect-button.tsx";
import { needsText } from "../needs/messages.ts";
import { needsQuery } from "../needs/queries.ts";
import { Notice } from "../ui/notice.tsx";
import { calendarText } from "./messages.ts";

/** More than these would push the calendar out of view. */
const most = 3;

/**
 * What keeps planned posts where they are: accounts to be connected again, which leads back to the same days. Nothing
 * where there are none. Known before the screen is shown, so that it moves nothing.
 */
export function LostAccounts({ channelId }: { channelId: string | undefined }) {
  const { data: needs = [] } = useQuery(needsQuery("channel"));
  const lost = needs.flatMap(({ what, channel, held }) =>
    what === "channel" && channel && (channelId === undefined || channel.id === channelId)
      ? [{ channel, held }]
      : [],
  );
  if (lost.length === 0) return null;
  return (
    <Notice tone="warn" className="mb-4" title={calendarText.lost(lost.length)}>
      <ul className="mt-2 grid gap-2">
        {lost.slice(0, most).map(({ channel, held }) => (
          <li key={channel.id} className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
            <ChannelIcon connector={channel.connector} className="size-5" />
            <span className="min-w-0 break-words">
              {channel.handle}
              {held > 0 ? `: ${needsText.held(held)}` : null}
            </span>
            <ReconnectButton channel={channel} />
          </li>
        ))}
      </ul>
      {lost.length > most ? (
        <Link
          to="/needs-you"
          search={{ kind: "channel" }}
          className="mt-2 inline-block font-medium underline underline-offset-3"
        >
          {calendarText.more(lost.length - most)}
        </Link>
      ) : null}
    </Notice>
  );
}
