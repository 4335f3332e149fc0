import { CaretSortIcon, CheckIcon } from "@radix-ui/react-icons";
import { Command } from "cmdk";
import { useId, useMemo, useState } from "react";
import { cn } from "../lib/cn.ts";
import { control } from "../ui/field.tsx";
import { Popover } from "../ui/popover.tsx";
import { accountText } from "./messages.ts";
import { findsZone, zoneLabel, zonesWith } from "./time-zones.ts";

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

type TimeZoneSelectProps = {
  id: string;
  value: string;
  onChange: (zone: string) => void;
  className?: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
};

/** Every IANA zone that the browser knows, by its city and offset; found by typing either. */
export function TimeZoneSelect({ value, onChange, className, ...field }: TimeZoneSelectProps) {
  const [open, setOpen] = useState(false);
  const [now] = useState(() => new Date());
  const listId = useId();
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      id={listId}
      label={accountText.timeZones}
      trigger={
        <button
          type="button"
          role="combobox"
          aria-expanded={open}
          aria-controls={listId}
          className={cn(control, "flex h-9 items-center gap-2 text-start", className)}
          {...field}
        >
          <span className="min-w-0 flex-1 truncate">{zoneLabel(value, now)}</span>
          <CaretSortIcon aria-hidden="true" className="shrink-0 text-faint" />
        </button>
      }
    >
      <Zones
        value={value}
        now={now}
        onChoose={(zone) => {
          onChange(zone);
          setOpen(false);
        }}
      />
    </Popover>
  );
}

function Zones({ value, now, onChoose }: { value: string; now: Date; onChoose: (zone: string) => void }) {
  const zones = useMemo(() => zonesWith(value, now), [value, now]);
  return (
    <Command
      label={accountText.timeZones}
      defaultValue={value}
      filter={(zone, typed, words = []) => (findsZone(zone, typed, words) ? 1 : 0)}
    >
      <Command.Input
        placeholder={accountText.findTimeZone}
        className="h-10 w-full border-b border-line bg-transparent px-3 text-base outline-none"
      />
      <Command.List
        tabIndex={-1}
        aria-label={accountText.timeZones}
        className="max-h-64 overflow-y-auto overscroll-contain p-1"
      >
        <Command.Empty className="px-3 py-6 text-center text-sm text-dim">
          {accountText.noTimeZone}
        </Command.Empty>
        {zones.map(({ zone, label, region, words }) => (
          <Command.Item
            key={zone}
            value={zone}
            keywords={words}
            onSelect={() => onChoose(zone)}
            className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm data-[selected=true]:bg-fill max-sm:min-h-10"
          >
            <CheckIcon aria-hidden="true" className={cn("shrink-0", zone !== value && "invisible")} />
            <span className="min-w-0 flex-1 truncate">{label}</span>{" "}
            <span className="text-xs text-dim">{region}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
