import { type QueryClient, keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { meQuery } from "../account/queries.ts";
import { useCan, useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { PostSummary } from "../api/types.ts";
import { channelsQuery } from "../channels/queries.ts";
import { rightwards } from "../lib/language.ts";
import { lazyWindow } from "../lib/lazy-part.tsx";
import { useShortcuts } from "../lib/shortcuts.ts";
import { readStored, writeStored } from "../lib/storage.ts";
import { Temporal } from "../lib/temporal.ts";
import { PlanningNav } from "../planning/planning-nav.tsx";
import { queueQuery } from "../queue/queries.ts";
import { Card, Page, PageHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { entriesByDay, monthDays, ofChannel, spanOf, titleOf, weekDays } from "./calendar-days.ts";
import { type CalendarKind, CalendarToolbar } from "./calendar-toolbar.tsx";
import { CalendarView } from "./calendar-view.tsx";
import { LostAccounts } from "./lost-accounts.tsx";
import { calendarText } from "./messages.ts";
import { type Target, movedBy } from "./moves.ts";
import { calendarQuery } from "./queries.ts";
import { plannedQuery } from "./queries.ts";
import { type Place, useDrag } from "./use-drag.ts";
import { useMove } from "./use-move.tsx";

const MoveDialog = lazyWindow(async () => (await import("./move-dialog.tsx")).MoveDialog);

const WriteDialog = lazyWindow(async () => (await import("./write-dialog.tsx")).WriteDialog);

const route = getRouteApi("/shell/calendar");

/** The days that an address shows: weeks of a month, or one week. */
function daysOf({ view, date }: { view?: unknown; date?: unknown }, zone: string) {
  const today = Temporal.Now.plainDateISO(zone);
  const day = parseDay(typeof date === "string" ? date : undefined, today);
  const days = view === "week" ? weekDays(day) : monthDays(day);
  return { today, day, days, span: spanOf(days, zone) };
}

/** What an address of the calendar shows, to be read before it is shown. */
export async function calendarReads(client: QueryClient, search: Record<string, unknown>) {
  const { workspace } = await client.ensureQueryData(meQuery);
  const { from, to } = daysOf(search, workspace?.timeZone ?? "UTC").span;
  return [calendarQuery(from, to), plannedQuery(from, to)];
}

function parseDay(text: string | undefined, fallback: Temporal.PlainDate): Temporal.PlainDate {
  try {
    return text ? Temporal.PlainDate.from(text) : fallback;
  } catch {
    return fallback;
  }
}

const slotsKey = "galley.calendar.slots";

/**
 * A free slot is a time of the calendar's zone, and so is an hour, in which the post keeps its minute; a day alone
 * keeps the post's own time, in its own zone.
 */
function targetOf(post: PostSummary, { day, time, hour }: Place, zone: string): Target | null {
  if (time !== null) return { wall: `${day}T${time}`, zone };
  if (!post.scheduled) return null;
  const shown = Temporal.Instant.from(post.scheduled.at).toZonedDateTimeISO(zone);
  if (hour !== null && Number(hour) !== shown.hour) {
    const minute = String(shown.minute).padStart(2, "0");
    return { wall: `${day}T${hour.padStart(2, "0")}:${minute}`, zone };
  }
  return movedBy(post, shown.toPlainDate().until(Temporal.PlainDate.from(day)).days);
}

/** What is asked of a person in a window of its own: another time for a post, or a new post for a day. */
type Asked = { move: string } | { write: Temporal.PlainDate; time: string } | null;

function useEntries(
  span: { from: string; to: string },
  posts: PostSummary[] | undefined,
  zone: string,
  { showSlots, channel }: { showSlots: boolean; channel: string | undefined },
) {
  const planned = useQuery(plannedQuery(span.from, span.to));
  const channels = useQuery(channelsQuery);
  // A slot that has passed is no offer.
  const [now] = useState(() => new Date().toISOString());
  const from = span.from > now ? span.from : now;
  const slots = useQuery({ ...queueQuery(from, span.to), enabled: showSlots && from < span.to });
  const [openedWithSlots] = useState(showSlots);
  const entries = useMemo(() => {
    const handles = new Map((channels.data ?? []).map(({ id, handle }) => [id, handle]));
    const shown = {
      posts: posts ?? [],
      planned: planned.data ?? [],
      slots: showSlots && from < span.to ? (slots.data ?? []) : [],
    };
    return entriesByDay(ofChannel(shown, channel), zone, (id) => handles.get(id) ?? "");
  }, [posts, planned.data, slots.data, channels.data, zone, showSlots, channel, from, span.to]);
  // Shown in one go: days that fill up one after the other would move under the reader's finger.
  const pending = planned.isPending || (openedWithSlots && slots.isLoading);
  return { entries, pending };
}

export function CalendarScreen() {
  const { workspace } = useMe();
  const zone = workspace.timeZone;
  const { view = "month", date, channel } = route.useSearch();
  const navigate = route.useNavigate();
  const { today, day, days, span } = daysOf({ view, date }, zone);
  const posts = useQuery({ ...calendarQuery(span.from, span.to), placeholderData: keepPreviousData });
  const [asked, setAsked] = useState<Asked>(null);
  const choose = (postId: string) => setAsked({ move: postId });
  const [showSlots, setShowSlots] = useState(() => readStored(slotsKey) === "yes");
  const { entries, pending } = useEntries(span, posts.data, zone, { showSlots, channel });
  const { move: movePost, question } = useMove(choose);
  const { dragged, onPointerDown } = useDrag<PostSummary>((post, place) =>
    movePost(post, targetOf(post, place, zone)),
  );
  const mayPublish = useCan("posts.publish");
  const mayWrite = useCan("posts.write") && mayPublish;
  const actions = mayPublish
    ? {
        onPointerDown,
        onMove: (post: PostSummary, days: number) => movePost(post, movedBy(post, days)),
        onChoose: choose,
        draggedId: dragged?.item.id ?? null,
      }
    : null;
  const dropDay = dragged?.place?.day ?? null;

  function show(next: { view?: CalendarKind; date?: Temporal.PlainDate; channel?: string | null }): void {
    const chosen = next.view ?? view;
    const only = next.channel === null ? undefined : (next.channel ?? channel);
    const search = {
      ...(chosen === "month" ? {} : { view: chosen }),
      date: (next.date ?? day).toString(),
      ...(only ? { channel: only } : {}),
    };
    void navigate({ search, replace: true });
  }
  function move(direction: 1 | -1): void {
    show({ date: day.add(view === "week" ? { weeks: direction } : { months: direction }) });
  }
  const go = {
    ArrowLeft: () => move(rightwards === 1 ? -1 : 1),
    ArrowRight: () => move(rightwards),
    t: () => show({ date: today }),
    m: () => show({ view: "month" }),
    w: () => show({ view: "week" }),
    l: () => show({ view: "list" }),
  };
  useShortcuts(go);

  return (
    <Page width="full">
      <PlanningNav />
      <PageHeader
        title={titleOf(view, day, days)}
        lead={calendarText.lead(zone.replaceAll("_", " "))}
        actions={
          <CalendarToolbar
            view={view}
            channel={channel}
            showSlots={showSlots}
            onView={(next) => show({ view: next })}
            onChannel={(id) => show({ channel: id ?? null })}
            onSlots={() => {
              writeStored(slotsKey, showSlots ? null : "yes");
              setShowSlots(!showSlots);
            }}
            onToday={go.t}
            onMove={move}
          />
        }
      />
      {posts.isError ? (
        <Notice tone="bad" className="mb-4">
          {messageOf(posts.error)}
        </Notice>
      ) : null}
      <LostAccounts channelId={channel} />
      <Card className="overflow-hidden sm:[&_td:first-child]:border-s-0 sm:[&_td:last-child]:border-e-0 sm:[&_tr:last-child_td]:border-b-0">
        <CalendarView
          view={view}
          day={day}
          days={days}
          today={today}
          zone={zone}
          channel={channel}
          entries={entries}
          pending={posts.isPending || pending}
          actions={actions}
          dropDay={dropDay}
          onWrite={mayWrite ? (on, time = "09:00") => setAsked({ write: on, time }) : null}
        />
      </Card>
      {posts.isSuccess && !pending && entries.size === 0 ? (
        <p className="mt-4 text-sm text-faint">{calendarText.empty}</p>
      ) : null}
      {dragged ? (
        <div
          aria-hidden="true"
          className="pointer-events-none fixed top-0 left-0 z-50 max-w-56 truncate rounded-md border border-line-strong bg-raised px-2.5 py-1 text-xs font-medium shadow-high"
          style={{ transform: `translate(${dragged.x + 10}px, ${dragged.y + 10}px)` }}
        >
          {[dragged.place?.time, dragged.item.title].filter(Boolean).join(" · ")}
        </div>
      ) : null}
      {question}
      {asked && "move" in asked ? <MoveDialog postId={asked.move} onClose={() => setAsked(null)} /> : null}
      {asked && "write" in asked ? (
        <WriteDialog
          day={asked.write}
          time={asked.time}
          zone={zone}
          channelId={channel ?? null}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </Page>
  );
}
