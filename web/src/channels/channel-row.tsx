import {
  DotsHorizontalIcon,
  ExternalLinkIcon,
  Link2Icon,
  PauseIcon,
  PlayIcon,
  TrashIcon,
  UpdateIcon,
} from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel, Connector, SlowedChannel } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { formatList, formatRelative } from "../lib/format.ts";
import { Status } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import { ChannelIcon } from "./channel-icon.tsx";
import { channelsText } from "./messages.ts";
import { useChannelChange } from "./mutations.ts";
import { impactQuery } from "./queries.ts";
import { SlowedNotes } from "./slowed-notes.tsx";

type RowProps = {
  channel: Channel;
  connector: Connector | undefined;
  /** What slows its posts; undefined where nothing does. */
  slowed: SlowedChannel | undefined;
  allowed: boolean;
  onReconnect: () => void;
};

export function ChannelRow({ channel, connector, slowed, allowed, onReconnect }: RowProps) {
  const change = useChannelChange(channel);
  const [asking, setAsking] = useState(false);
  const impact = useQuery({ ...impactQuery(channel.id), enabled: asking });
  const scheduled = impact.data?.scheduled ?? 0;
  const usable = channel.status === "connected";
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4">
      <ChannelIcon connector={channel.connector} className="size-9" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="truncate font-medium">{channel.displayName}</p>
        <p className="truncate text-sm text-faint">
          {connector?.name ?? channel.connector} · {channel.handle}
        </p>
        {channel.statusReason && !usable ? (
          <p className="mt-1 text-sm text-bad-ink">{channel.statusReason}</p>
        ) : null}
        {usable ? <ChannelNotes channel={channel} /> : null}
        {slowed ? <SlowedNotes channel={channel} slowed={slowed} allowed={allowed} /> : null}
      </div>
      <div className="text-end">
        <ChannelHealth channel={channel} held={Boolean(slowed?.hold)} />
        <p className="mt-0.5 text-xs text-faint">
          {channel.checkedAt
            ? channelsText.checked(formatRelative(channel.checkedAt))
            : channelsText.neverChecked}
        </p>
      </div>
      {allowed && !usable ? (
        <Button size="sm" variant="primary" onClick={onReconnect}>
          {channelsText.reconnect}
        </Button>
      ) : null}
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={channelsText.actions(channel.handle)}>
            <DotsHorizontalIcon />
          </Button>
        }
      >
        {channel.profileUrl ? (
          <MenuItem asChild>
            <a href={channel.profileUrl} target="_blank" rel="noreferrer">
              <ExternalLinkIcon aria-hidden="true" />
              {channelsText.openProfile}
            </a>
          </MenuItem>
        ) : null}
        {usable ? (
          <MenuItem disabled={!allowed} onSelect={onReconnect}>
            <Link2Icon aria-hidden="true" />
            {channelsText.reconnect}
          </MenuItem>
        ) : null}
        {usable ? (
          <MenuItem disabled={!allowed} onSelect={() => change.mutate("check")}>
            <UpdateIcon aria-hidden="true" />
            {channelsText.check}
          </MenuItem>
        ) : null}
        {usable ? (
          <MenuItem disabled={!allowed} onSelect={() => change.mutate(channel.pausedAt ? "resume" : "pause")}>
            {channel.pausedAt ? <PlayIcon aria-hidden="true" /> : <PauseIcon aria-hidden="true" />}
            {channel.pausedAt ? channelsText.resume : channelsText.pause}
          </MenuItem>
        ) : null}
        {channel.status === "disconnected" ? null : (
          <>
            <MenuSeparator />
            <MenuItem danger disabled={!allowed} onSelect={() => setAsking(true)}>
              <TrashIcon aria-hidden="true" />
              {channelsText.disconnect}
            </MenuItem>
          </>
        )}
      </Menu>
      <Confirm
        open={asking && !impact.isLoading}
        onOpenChange={setAsking}
        title={channelsText.disconnectTitle(channel.handle)}
        description={[
          channelsText.disconnectLead,
          scheduled > 0 ? channelsText.disconnectScheduled(scheduled) : "",
        ]
          .filter(Boolean)
          .join(" ")}
        action={channelsText.disconnect}
        cancel={channelsText.cancel}
        onConfirm={() => change.mutate("disconnect")}
      />
    </li>
  );
}

const soonMs = 14 * 86_400_000;

function endsSoon(instant: string, now: number = Date.now()): boolean {
  return Date.parse(instant) - now < soonMs;
}

/** What a person should know of a channel that works: what was not granted, and when its consent ends. */
function ChannelNotes({ channel }: { channel: Channel }) {
  const without = channel.missingOptional.map(({ enables }) => enables).join("; ");
  return (
    <>
      {channel.missingScopes.length > 0 ? (
        <p className="mt-1 text-sm text-bad-ink">
          {channelsText.missingNeeded(formatList(channel.missingScopes))}
        </p>
      ) : null}
      {without ? <p className="mt-1 text-sm text-faint">{channelsText.goesWithout(without)}</p> : null}
      {channel.endsAt ? (
        <p className={cn("mt-1 text-sm", endsSoon(channel.endsAt) ? "text-warn-ink" : "text-faint")}>
          {channelsText.endsOn(formatRelative(channel.endsAt))}
        </p>
      ) : null}
    </>
  );
}

function ChannelHealth({ channel, held }: { channel: Channel; held: boolean }) {
  if (channel.status === "needs_reconnect") return <Status tone="bad">{channelsText.needsReconnect}</Status>;
  if (channel.status === "disconnected") return <Status tone="neutral">{channelsText.disconnected}</Status>;
  if (channel.pausedAt) return <Status tone="warn">{channelsText.paused}</Status>;
  if (held) return <Status tone="warn">{channelsText.held}</Status>;
  return <Status tone="good">{channelsText.healthy}</Status>;
}
