import { Cross2Icon, PlusIcon } from "@radix-ui/react-icons";
import { useState } from "react";
import type { Channel, QueueSlot } from "../api/types.ts";
import { ChannelIcon } from "../channels/channel-icon.tsx";
import { weekdayName } from "../series/weekday-picker.tsx";
import { Button } from "../ui/button.tsx";
import { queueText } from "./messages.ts";
import { useRemoveSlot } from "./mutations.ts";
import { SlotDialog } from "./slot-dialog.tsx";

type ChannelSlotsProps = { channel: Channel; slots: QueueSlot[]; allowed: boolean };

/** The weekly hours of one channel. */
export function ChannelSlots({ channel, slots, allowed }: ChannelSlotsProps) {
  const [adding, setAdding] = useState(false);
  const remove = useRemoveSlot();
  return (
    <li className="px-5 py-4">
      <div className="flex items-center gap-2.5">
        <ChannelIcon connector={channel.connector} />
        <h3 className="min-w-0 flex-1 truncate text-sm font-medium">{channel.handle}</h3>
        {allowed ? (
          <Button size="sm" onClick={() => setAdding(true)}>
            <PlusIcon aria-hidden="true" />
            {queueText.add}
          </Button>
        ) : null}
      </div>
      {slots.length === 0 ? <p className="mt-2 text-xs text-faint">{queueText.none}</p> : null}
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {slots.map((slot) => (
          <li
            key={slot.id}
            className="inline-flex h-6.5 items-center gap-1.5 rounded-md bg-fill ps-2 text-xs last:pe-0"
          >
            <span className="tabular">
              {weekdayName(slot.weekday, "short")} {slot.time}
            </span>
            {slot.zone ? <span className="text-faint">{slot.zone}</span> : null}
            {allowed ? (
              <button
                type="button"
                aria-label={queueText.remove(weekdayName(slot.weekday, "long"), slot.time)}
                onClick={() => remove.mutate(slot.id)}
                className="grid size-6.5 place-items-center rounded-md text-dim hover:bg-fill-strong hover:text-ink"
              >
                <Cross2Icon aria-hidden="true" className="size-3" />
              </button>
            ) : (
              <span className="pe-2" />
            )}
          </li>
        ))}
      </ul>
      {adding ? <SlotDialog channel={channel} onClose={() => setAdding(false)} /> : null}
    </li>
  );
}
