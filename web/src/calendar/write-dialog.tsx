import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { channelsQuery } from "../channels/queries.ts";
import { ChannelPicker } from "../composer/channel-picker.tsx";
import { emptyVariant } from "../composer/channel-variants.ts";
import { formatDay } from "../lib/format.ts";
import type { Temporal } from "../lib/temporal.ts";
import { postsText } from "../posts/messages.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { calendarText } from "./messages.ts";

type WriteProps = {
  day: Temporal.PlainDate;
  time: string;
  zone: string;
  /** The channel that the calendar shows alone. */
  channelId: string | null;
  onClose: () => void;
};

/** A new post for a day of the calendar: at which time and where, then the composer opens with both. */
export function WriteDialog({ day, time: given, zone, channelId, onClose }: WriteProps) {
  const navigate = useNavigate();
  const refresh = useRefresh("post");
  const channels = useQuery(channelsQuery);
  const usable = channels.data?.filter(({ status }) => status === "connected") ?? [];
  const [time, setTime] = useState(given);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const chosen = usable
    .map(({ id }) => id)
    .filter((id) => (channelId === null || id === channelId) !== toggled.has(id));
  const start = useMutation({
    mutationFn: async () => {
      const variants = chosen.map((id) => emptyVariant(id));
      const post = await call("createPost", { body: { title: postsText.untitled, variants } });
      // The draft stands in any case; where its time is refused, the composer's own dialog asks for another.
      await call("schedulePost", {
        params: { id: post.id },
        body: { wall: `${day.toString()}T${time}`, zone },
      }).catch((error: unknown) => toast.error(messageOf(error)));
      return post.id;
    },
    onSuccess: async (postId) => {
      await refresh();
      onClose();
      await navigate({ to: "/posts/$postId/edit", params: { postId } });
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    start.mutate();
  }

  const words = formatDay(day, { weekday: "long", day: "numeric", month: "long" });
  return (
    <Dialog open onOpenChange={onClose} title={calendarText.write(words)}>
      <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col" noValidate>
        <DialogBody className="grid content-start gap-5">
          {start.error ? <Notice tone="bad">{messageOf(start.error)}</Notice> : null}
          <Field label={calendarText.time} help={calendarText.timeHelp(zone.replaceAll("_", " "))}>
            {(field) => (
              <Input
                {...field}
                type="time"
                required
                autoFocus
                value={time}
                onChange={(event) => setTime(event.target.value)}
                className="w-36"
              />
            )}
          </Field>
          <ChannelPicker
            channels={usable}
            loading={channels.isPending}
            chosen={new Set(chosen)}
            error={null}
            onToggle={(id) => setToggled(toggled.symmetricDifference(new Set([id])))}
            onLeave={onClose}
          />
        </DialogBody>
        <DialogFooter>
          <Button
            type="submit"
            variant="primary"
            disabled={chosen.length === 0 || time === ""}
            busy={start.isPending}
          >
            {calendarText.startWriting}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
