import { ChevronLeftIcon, ChevronRightIcon } from "@radix-ui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { Temporal } from "temporal-polyfill";
import { messageOf } from "../api/problem.ts";
import { calendarQuery } from "../api/queries.ts";
import { useMe } from "../api/use-me.ts";
import { useShortcuts } from "../lib/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { Card, Page, PageHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { entriesByDay, monthDays, spanOf, weekDays } from "./calendar-days.ts";
import { calendarText } from "./messages.ts";
import { MonthView } from "./month-view.tsx";
import { WeekView } from "./week-view.tsx";

const route = getRouteApi("/shell/calendar");

function parseDay(text: string | undefined, fallback: Temporal.PlainDate): Temporal.PlainDate {
  try {
    return text ? Temporal.PlainDate.from(text) : fallback;
  } catch {
    return fallback;
  }
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
  const entries = useMemo(() => entriesByDay(posts.data ?? [], zone), [posts.data, zone]);

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
          <WeekView days={days} today={today} entries={entries} />
        ) : (
          <MonthView days={days} month={day.month} today={today} entries={entries} />
        )}
      </Card>
      {posts.isSuccess && entries.size === 0 ? (
        <p className="mt-4 text-sm text-faint">{calendarText.empty}</p>
      ) : null}
    </Page>
  );
}
