import { Link } from "@tanstack/react-router";
import type { Channel } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { newPostText } from "./messages.ts";

type PickerProps = {
  channels: Channel[];
  loading: boolean;
  chosen: ReadonlySet<string>;
  error: string | null;
  onToggle: (id: string) => void;
  onLeave: () => void;
};

/** Where the drafts are for; every connected channel to begin with. */
export function ChannelPicker({ channels, loading, chosen, error, onToggle, onLeave }: PickerProps) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{newPostText.channels}</legend>
      {loading ? <Skeleton className="h-9 w-40" /> : null}
      {!loading && channels.length === 0 ? (
        <Notice
          tone="warn"
          action={
            <Link to="/channels" onClick={onLeave} className="font-medium underline underline-offset-3">
              {newPostText.toChannels}
            </Link>
          }
        >
          {newPostText.noChannels}
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {channels.map((channel) => (
          <label
            key={channel.id}
            htmlFor={`channel-${channel.id}`}
            className="flex h-9 items-center gap-2 rounded-lg border border-line-strong bg-surface pe-3 ps-2 text-sm text-dim shadow-low transition-colors hover:bg-fill has-checked:border-accent has-checked:bg-accent-soft has-checked:text-ink has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-accent"
          >
            <input
              id={`channel-${channel.id}`}
              type="checkbox"
              checked={chosen.has(channel.id)}
              onChange={() => onToggle(channel.id)}
              className="size-3.5 accent-(--accent) outline-none"
            />
            <ChannelIcon connector={channel.connector} />
            {channel.handle}
          </label>
        ))}
      </div>
      {error ? (
        <p role="alert" className="mt-2 text-xs font-medium text-bad-ink">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
