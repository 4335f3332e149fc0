import { type FormEvent, useState } from "react";
import { TimeZoneSelect } from "../account/time-zone-select.tsx";
import { useMe } from "../account/use-me.ts";
import { messageOf } from "../api/problem.ts";
import type { Channel } from "../api/types.ts";
import { WeekdayPicker } from "../series/weekday-picker.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { queueText } from "./messages.ts";
import { useAddSlots } from "./mutations.ts";

/** One time on several days of the week: a slot for each. */
export function SlotDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { workspace } = useMe();
  const [chosen, setChosen] = useState<number[]>([1, 2, 3, 4, 5]);
  const [time, setTime] = useState("09:00");
  const [zone, setZone] = useState(workspace.timeZone);
  const save = useAddSlots();

  function submit(event: FormEvent): void {
    event.preventDefault();
    const own = zone === workspace.timeZone ? null : zone;
    const slots = chosen.map((weekday) => ({ channelId: channel.id, weekday, time, zone: own }));
    save.mutate(slots, { onSuccess: onClose });
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={queueText.addTitle(channel.handle)}
      description={queueText.addLead}
    >
      <form onSubmit={submit}>
        <DialogBody className="grid gap-4">
          <WeekdayPicker label={queueText.days} chosen={chosen} onChange={setChosen} />
          <Field label={queueText.time}>
            {(field) => (
              <Input
                {...field}
                type="time"
                required
                value={time}
                onChange={(event) => setTime(event.target.value)}
              />
            )}
          </Field>
          <Field label={queueText.zone}>
            {(field) => <TimeZoneSelect {...field} value={zone} onChange={setZone} />}
          </Field>
          {save.isError ? <Notice tone="bad">{messageOf(save.error)}</Notice> : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{queueText.cancel}</Button>
          <Button
            type="submit"
            variant="primary"
            disabled={chosen.length === 0 || time === ""}
            busy={save.isPending}
          >
            {queueText.save}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
