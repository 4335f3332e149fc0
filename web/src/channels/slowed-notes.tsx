import { useMe } from "../account/use-me.ts";
import type { Channel, SlowedChannel } from "../api/types.ts";
import { formatMoment } from "../lib/format.ts";
import { Button } from "../ui/button.tsx";
import { channelsText } from "./messages.ts";
import { useEnding } from "./mutations.ts";

type SlowedProps = { channel: Channel; slowed: SlowedChannel; allowed: boolean };

/** What slows the posts of a channel beside its own state, why, and how a person ends it. */
export function SlowedNotes({ channel, slowed: { hold, window }, allowed }: SlowedProps) {
  const { timeZone } = useMe().workspace;
  const end = useEnding(channel);
  return (
    <>
      {hold ? (
        <div className="mt-1 text-sm text-warn-ink">
          <p className="break-words">
            {channelsText.heldUntil(formatMoment(hold.since, timeZone), formatMoment(hold.until, timeZone))}{" "}
            {hold.reason} {hold.waiting > 0 ? channelsText.heldPosts(hold.waiting) : null}
          </p>
          {hold.evidence ? (
            <p className="mt-0.5 line-clamp-2 text-xs break-all text-faint">
              {channelsText.answered(hold.evidence)}
            </p>
          ) : null}
          {allowed ? (
            <Button
              size="sm"
              className="mt-1.5"
              busy={end.isPending && end.variables === "liftHold"}
              onClick={() => end.mutate("liftHold")}
            >
              {channelsText.lift}
              <span className="sr-only"> {channel.handle}</span>
            </Button>
          ) : null}
        </div>
      ) : null}
      {window ? (
        <div className="mt-1 text-sm text-faint">
          <p>{channelsText.seenLate(howLong(window.visibleAfterMs))}</p>
          {allowed ? (
            <Button
              size="sm"
              className="mt-1.5"
              busy={end.isPending && end.variables === "forgetWindow"}
              onClick={() => end.mutate("forgetWindow")}
            >
              {channelsText.forget}
              <span className="sr-only"> {channel.handle}</span>
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

/** Rounded up: it is the most that was seen. */
function howLong(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  return seconds < 60 ? channelsText.seconds(seconds) : channelsText.minutes(Math.ceil(seconds / 60));
}
