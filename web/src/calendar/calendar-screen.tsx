import { ChevronLeftIcon, ChevronRightIcon } from "@radix-ui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { Temporal } from "temporal-polyfill";
import { messageOf } from "../api/problem.ts";
import { calendarQuery, channelsQuery } from "../api/queries.ts";
import type { PostSummary } from "../api/types.ts";
import { useCan, useMe } from "../api/use-me.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { readStored, writeStored } from "../lib/storage.ts";
import { PlanningNav } from "../planning/planning-nav.tsx";
import { plannedQuery, queueQuery } from "../planning/queries.ts";
import { Button } from "../ui/button.tsx";
import { Card, Page, PageHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { entriesByDay, monthDays, spanOf, weekDays } from "./calendar-days.ts";
import { calendarText } from "./messages.ts";
import { MonthView } from "./month-view.tsx";
import { type Target, movedBy } from "./moves.ts";
import { type Place, useDrag } from "./use-drag.ts";
import { useMove } from "./use-move.tsx";
import { WeekView } from "./week-view.tsx";

const MoveDialog = lazy(async () => ({ default: (await import("./move-dialog.tsx")).MoveDialog }));

const route = getRouteApi("/shell/calendar");

function parseDay(text: string | undefined, fallback: Temporal.PlainDate): Temporal.PlainDate {
  try {
    return text ? Temporal.PlainDate.from(text) : fallback;
  } catch {
    return fallback;
  }
}

const slotsKey = "galley.calendar.slots";

/** A free slot is a time of the calendar's zone; a day alone keeps the post's own time, in its own zone. */
function targetOf(post: PostSummary, { day, time }: Place, zone: string): Target | null {
  if (time !== null) return { wall: `${day}T${time}`, zone };
  if (!post.scheduled) return null;
  const shown = Temporal.Instant.from(post.scheduled.at).toZonedDateTimeISO(zone).toPlainDate();
  return movedBy(post, shown.until(Temporal.PlainDate.from(day)).days);
}

function useEntries(
  span: { from: string; to: string },
  posts: PostSummary[] | undefined,
  zone: string,
  showSlots: boolean,
) {
  const planned = useQuery(plannedQuery(span.from, span.to));
  const channels = useQuery(channelsQuery);
  // A slot that has passed is no offer.
  const [now] = useState(() => new Date().toISOString());
  const from = span.from > now ? span.from : now;
  const slots = useQuery({ ...queueQuery(from, span.to), enabled: showSlots && from < span.to });
  return useMemo(() => {
    const handles = new Map((channels.data ?? []).map(({ id, handle }) => [id, handle]));
    const shown = {
      posts: posts ?? [],
      planned: planned.data ?? [],
      slots: showSlots && from < span.to ? (slots.data ?? []) : [],
    };
    return entriesByDay(shown, zone, (id) => handles.get(id) ?? "");
  }, [posts, planned.data, slots.data, channels.data, zone, showSlots, from, span.to]);
}

export function CalendarScreen() {
  const { workspace } = useMe();
  const zone = workspace.timeZone;
  const { view = "month", date } = route.useSearch();
  const navigate = route.useNavigate();
  const today = Temporal.Now.plainDateISO(zone);
  const day = parseDay(date, today);
  const days = view === "week" ? weekDays(day) : monthDays(day);
  const span = spanOf(days, zone);
  const posts = useQuery({ ...calendarQuery(span.from, span.to), placeholderData: keepPreviousData });
  const [choosing, setChoosing] = useState<string | null>(null);
  const [showSlots, setShowSlots] = useState(() => readStored(slotsKey) === "yes");
  const entries = useEntries(span, posts.data, zone, showSlots);
  const { move: movePost, question } = useMove(setChoosing);
  const { dragged, onPointerDown } = useDrag<PostSummary>((post, place) =>
    movePost(post, targetOf(post, place, zone)),
  );
  const actions = useCan("posts.publish")
    ? {
        onPointerDown,
        onMove: (post: PostSummary, days: number) => movePost(post, movedBy(post, days)),
        onChoose: setChoosing,
        draggedId: dragged?.item.id ?? null,
      }
    : null;
  const dropDay = dragged?.place?.day ?? null;

  function show(next: { view?: "week" | "month"; date?: Temporal.PlainDate }): void {
    const chosen = next.view ?? view;
    const search = { ...(chosen === "week" ? { view: chosen } : {}), date: (next.date ?? day).toString() };
    void navigate({ search, replace: true });
  }
  function move(direction: 1 | -1): void {
    show({ date: day.add(view === "week" ? { weeks: direction } : { months: direction }) });
  }
  const go = {
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    t: () => show({ date: today }),
    m: () => show({ view: "month" }),
    w: () => show({ view: "week" }),
  };
  useShortcuts(go);

  return (
    <Page width="full">
      <PlanningNav />
      <PageHeader
        title={day.toLocaleString(undefined, { month: "long", year: "numeric" })}
        lead={calendarText.lead(zone.replaceAll("_", " "))}
        actions={
          <>
            <Segmented
              label={calendarText.view}
              value={view}
              options={[
                { value: "month", label: calendarText.month },
                { value: "week", label: calendarText.week },
              ]}
              onChange={(next) => (next === "week" ? go.w() : go.m())}
            />
            <Button
              aria-pressed={showSlots}
              className="aria-pressed:bg-fill-strong"
              onClick={() => {
                writeStored(slotsKey, showSlots ? null : "yes");
                setShowSlots(!showSlots);
              }}
            >
              {calendarText.slots}
            </Button>
            <Button onClick={go.t}>{calendarText.today}</Button>
            <span className="flex">
              <Button variant="ghost" size="icon" aria-label={calendarText.back} onClick={go.ArrowLeft}>
                <ChevronLeftIcon />
              </Button>
              <Button variant="ghost" size="icon" aria-label={calendarText.forward} onClick={go.ArrowRight}>
                <ChevronRightIcon />
              </Button>
            </span>
          </>
        }
      />
      {posts.isError ? (
        <Notice tone="bad" className="mb-4">
          {messageOf(posts.error)}
        </Notice>
      ) : null}
      <Card className="overflow-hidden sm:[&_td:first-child]:border-l-0 sm:[&_td:last-child]:border-r-0 sm:[&_tr:last-child_td]:border-b-0">
        {view === "week" ? (
          <WeekView days={days} today={today} entries={entries} actions={actions} dropDay={dropDay} />
        ) : (
          <MonthView
            days={days}
            month={day.month}
            today={today}
            entries={entries}
            actions={actions}
            dropDay={dropDay}
          />
        )}
      </Card>
      {posts.isSuccess && entries.size === 0 ? (
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
      <Suspense fallback={null}>
        {choosing ? <MoveDialog postId={choosing} onClose={() => setChoosing(null)} /> : null}
      </Suspense>
    </Page>
  );
}
