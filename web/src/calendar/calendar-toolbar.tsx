import { ChevronLeftIcon, ChevronRightIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { channelsQuery } from "../channels/queries.ts";
import { Button } from "../ui/button.tsx";
import { Select } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { calendarText } from "./messages.ts";

export type CalendarKind = "month" | "week" | "list";

type ToolbarProps = {
  view: CalendarKind;
  channel: string | undefined;
  showSlots: boolean;
  onView: (view: CalendarKind) => void;
  onChannel: (channelId: string | undefined) => void;
  onSlots: () => void;
  onToday: () => void;
  onMove: (direction: 1 | -1) => void;
};

export function CalendarToolbar(props: ToolbarProps) {
  const channels = useQuery(channelsQuery);
  return (
    <>
      <Select
        aria-label={calendarText.channel}
        value={props.channel ?? ""}
        onChange={(event) => props.onChannel(event.target.value || undefined)}
        className="h-8 w-44 text-sm max-sm:w-full"
      >
        <option value="">{calendarText.allChannels}</option>
        {(channels.data ?? []).map(({ id, handle }) => (
          <option key={id} value={id}>
            {handle}
          </option>
        ))}
      </Select>
      <Segmented<CalendarKind>
        label={calendarText.view}
        value={props.view}
        options={[
          { value: "month", label: calendarText.month },
          { value: "week", label: calendarText.week },
          { value: "list", label: calendarText.list },
        ]}
        onChange={props.onView}
      />
      <Button aria-pressed={props.showSlots} className="aria-pressed:bg-fill-strong" onClick={props.onSlots}>
        {calendarText.slots}
      </Button>
      <Button onClick={props.onToday}>{calendarText.today}</Button>
      <span className="flex">
        <Button variant="ghost" size="icon" aria-label={calendarText.back} onClick={() => props.onMove(-1)}>
          <ChevronLeftIcon className="rtl:-scale-x-100" />
        </Button>
        <Button variant="ghost" size="icon" aria-label={calendarText.forward} onClick={() => props.onMove(1)}>
          <ChevronRightIcon className="rtl:-scale-x-100" />
        </Button>
      </span>
    </>
  );
}
