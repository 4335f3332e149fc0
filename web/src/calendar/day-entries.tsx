import type { CalendarEntry as Entry } from "./calendar-days.ts";
import { CalendarEntry, type EntryActions, FreeSlot, PlannedEntry } from "./calendar-entry.tsx";

type DayEntriesProps = { entries: Entry[]; actions: EntryActions | null; roomy?: boolean };

/** What one day holds, in order of time. */
export function DayEntries({ entries, actions, roomy = false }: DayEntriesProps) {
  return entries.map((entry) => (
    <li key={entry.key}>
      {entry.kind === "post" ? (
        <CalendarEntry post={entry.post} wall={entry.wall} actions={actions} roomy={roomy} />
      ) : null}
      {entry.kind === "planned" ? <PlannedEntry planned={entry.planned} wall={entry.wall} /> : null}
      {entry.kind === "free" ? <FreeSlot handles={entry.handles} wall={entry.wall} /> : null}
    </li>
  ));
}
