import { DragHandleDots2Icon, LoopIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import type { KeyboardEvent, PointerEvent } from "react";
import type { PlannedDate, PostStatus, PostSummary } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { cn } from "../lib/cn.ts";
import { formatList } from "../lib/format.ts";
import { rightwards } from "../lib/language.ts";
import type { Temporal } from "../lib/temporal.ts";
import { statusText } from "../posts/messages.ts";
import { PostLink } from "../posts/post-link.tsx";
import { calendarText } from "./messages.ts";

const bars: Record<PostStatus, string> = {
  draft: "before:bg-line-strong",
  in_review: "before:bg-warn",
  approved: "before:bg-accent",
  scheduled: "before:bg-accent",
  publishing: "before:bg-accent",
  waiting_for_channel: "before:bg-warn",
  published: "before:bg-good",
  partly: "before:bg-warn",
  failed: "before:bg-bad",
  missed: "before:bg-bad",
  cancelled: "before:bg-line-strong",
};

/** Whose time a person may still change; the server has the last word. */
const movable: ReadonlySet<PostStatus> = new Set(["draft", "in_review", "approved", "scheduled", "missed"]);

/** What an entry offers beside opening it. */
export type EntryActions = {
  onPointerDown: (post: PostSummary, event: PointerEvent) => void;
  onMove: (post: PostSummary, days: number) => void;
  onChoose: (postId: string) => void;
  draggedId: string | null;
};

const steps: Record<string, number> = {
  ArrowLeft: -rightwards,
  ArrowRight: rightwards,
  ArrowUp: -7,
  ArrowDown: 7,
};

type EntryProps = {
  post: PostSummary;
  wall: Temporal.PlainDateTime;
  actions: EntryActions | null;
  roomy?: boolean;
};

/** A post in the calendar: its time, its title, where it goes; the bar's colour repeats the status. */
export function CalendarEntry({ post, wall, actions, roomy = false }: EntryProps) {
  const usable = actions !== null && movable.has(post.status);

  function onKeyDown(event: KeyboardEvent): void {
    const days = event.shiftKey && !event.repeat ? steps[event.key] : undefined;
    if (days === undefined || !usable) return;
    event.preventDefault();
    actions.onMove(post, days);
  }

  return (
    <div
      className={cn(
        "group relative touch-manipulation select-none",
        usable && "cursor-grab",
        actions?.draggedId === post.id && "opacity-40",
      )}
      onPointerDown={usable ? (event) => actions.onPointerDown(post, event) : undefined}
      onDragStart={(event) => event.preventDefault()}
    >
      <PostLink
        post={post}
        {...(usable ? { onKeyDown, "aria-keyshortcuts": "Shift+ArrowRight Shift+ArrowDown" } : {})}
        className={cn(
          "relative block overflow-hidden rounded-md bg-fill py-1 pe-1.5 ps-2.5 text-xs transition-colors before:absolute before:inset-y-1 before:start-1 before:w-0.5 before:rounded-full hover:bg-fill-strong",
          bars[post.status],
          post.status === "cancelled" && "line-through opacity-70",
        )}
      >
        <span className="flex items-center gap-1.5">
          <span className="tabular text-faint">{timeOf(wall)}</span>
          {post.seriesId ? (
            <LoopIcon aria-label={calendarText.repeats} className="size-3 text-faint" />
          ) : null}
          <span className="sr-only"> {statusText[post.status]} </span>
          <span
            className={cn(
              "ms-auto flex shrink-0 gap-0.5",
              usable && "group-focus-within:pe-5 group-hover:pe-5",
            )}
          >
            {post.channels.slice(0, 3).map((channel) => (
              <ChannelIcon key={channel.channelId} connector={channel.connector} className="size-3.5" />
            ))}
          </span>
        </span>
        <span dir="auto" className={cn("block font-medium text-ink", roomy ? "line-clamp-3" : "truncate")}>
          {post.title}
        </span>
      </PostLink>
      {usable ? (
        <button
          type="button"
          aria-label={calendarText.move(post.title)}
          onClick={() => actions.onChoose(post.id)}
          className="absolute top-1 end-1 max-sm:hidden rounded-sm bg-fill-strong p-0.5 text-dim opacity-0 group-hover:opacity-100 hover:text-ink focus-visible:opacity-100"
        >
          <DragHandleDots2Icon aria-hidden="true" className="size-3.5" />
        </button>
      ) : null}
    </div>
  );
}

/** A date of a series that is not a post yet. */
export function PlannedEntry({ planned, wall }: { planned: PlannedDate; wall: Temporal.PlainDateTime }) {
  return (
    <Link
      to="/series/$seriesId"
      params={{ seriesId: planned.seriesId }}
      className="block rounded-md border border-dashed border-line-strong px-2 py-0.5 text-xs text-dim hover:bg-fill"
    >
      <span className="flex items-center gap-1.5">
        <span className="tabular">{timeOf(wall)}</span>
        <LoopIcon aria-hidden="true" className="size-3" />
        <span className="sr-only">
          {` ${planned.approved ? calendarText.planned : calendarText.plannedUnapproved} `}
        </span>
      </span>
      <span dir="auto" className="block truncate">
        {planned.title}
      </span>
    </Link>
  );
}

/** A queue slot that nobody has taken. */
export function FreeSlot({ handles, wall }: { handles: string[]; wall: Temporal.PlainDateTime }) {
  return (
    <p
      data-time={timeOf(wall)}
      className="truncate rounded-md px-2 py-0.5 text-xs text-faint outline-1 -outline-offset-1 outline-line outline-dotted"
    >
      <span className="tabular">{timeOf(wall)}</span> {calendarText.free(formatList(handles))}
    </p>
  );
}

function timeOf(wall: Temporal.PlainDateTime): string {
  return wall.toPlainTime().toString({ smallestUnit: "minute" });
}
