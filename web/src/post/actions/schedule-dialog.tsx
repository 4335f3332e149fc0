import { LoopIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { TimeZoneSelect } from "../../account/time-zone-select.tsx";
import { useMe } from "../../account/use-me.ts";
import { messageOf } from "../../api/problem.ts";
import type { Post, SchedulePreview, ScheduleRule } from "../../api/types.ts";
import { formatMomentWithZone } from "../../lib/format.ts";
import { Temporal } from "../../lib/temporal.ts";
import { Suggestion } from "../../queue/suggestion.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { scheduleText } from "../messages.ts";
import { schedulePreviewQuery } from "../queries.ts";
import { skippable } from "../unready.ts";
import { usePostAction } from "./use-post-action.ts";

/** The next full hour, as the field takes it. */
function suggestion(zone: string): Temporal.PlainDateTime {
  return Temporal.Now.plainDateTimeISO(zone)
    .add({ hours: 1 })
    .round({ smallestUnit: "hour", roundingMode: "ceil" });
}

type ScheduleDialogProps = {
  post: Post;
  onClose: () => void;
  /** Leads to the dialog for a series; null where that is nothing for this person. */
  onRepeat?: (() => void) | null;
};

/** Wall time and zone, with what they mean as an instant; a time that clocks skip or repeat must be chosen. */
export function ScheduleDialog({ post, onClose, onRepeat = null }: ScheduleDialogProps) {
  const { workspace } = useMe();
  const [zone, setZone] = useState(post.scheduled?.zone ?? workspace.timeZone);
  const [start] = useState(() =>
    post.scheduled ? Temporal.PlainDateTime.from(post.scheduled.wall) : suggestion(zone),
  );
  const [date, setDate] = useState(start.toPlainDate().toString());
  const [time, setTime] = useState(start.toPlainTime().toString({ smallestUnit: "minute" }));
  const [rule, setRule] = useState<ScheduleRule>(post.scheduled?.rule ?? "compatible");
  const [opened] = useState(() => Date.now());
  const schedule = usePostAction(post.id);
  const wall = `${date}T${time}`;
  const preview = useQuery({ ...schedulePreviewQuery(wall, zone), enabled: date !== "" && time !== "" });
  const instant = chosenInstant(preview.data, rule);
  const past = instant !== null && new Date(instant).getTime() < opened;
  const bound = post.approval?.boundAt ?? null;
  const left = skippable(post, "schedule");

  function submit(event: FormEvent): void {
    event.preventDefault();
    schedule.mutate(
      {
        action: "schedule",
        body: { wall, zone, rule, unready: left.length > 0 ? "skip" : "refuse" },
        message: scheduleText.saved,
      },
      { onSuccess: onClose },
    );
  }

  return (
    <Dialog open onOpenChange={onClose} title={scheduleText.title} description={scheduleText.lead(zone)}>
      <form onSubmit={submit}>
        <DialogBody className="grid gap-4">
          <Suggestion post={post} onDone={onClose} />
          <div className="grid grid-cols-2 gap-3">
            <Field label={scheduleText.date}>
              {(field) => (
                <Input
                  {...field}
                  type="date"
                  required
                  value={date}
                  onChange={(event) => setDate(event.target.value)}
                />
              )}
            </Field>
            <Field label={scheduleText.time}>
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
          </div>
          <Field label={scheduleText.zone}>
            {(field) => <TimeZoneSelect {...field} value={zone} onChange={setZone} />}
          </Field>
          {preview.isError ? <Notice tone="bad">{messageOf(preview.error)}</Notice> : null}
          {preview.data && preview.data.kind !== "ordinary" ? (
            <RuleChoice preview={preview.data} rule={rule} onChange={setRule} />
          ) : null}
          {instant && !past ? (
            <Notice>{scheduleText.ordinary(formatMomentWithZone(instant, zone))}</Notice>
          ) : null}
          {past ? <Notice tone="bad">{scheduleText.past}</Notice> : null}
          {bound && instant && new Date(bound).getTime() !== new Date(instant).getTime() ? (
            <Notice tone="warn">{scheduleText.voids}</Notice>
          ) : null}
          {left.length > 0 ? (
            <Notice tone="warn">
              {scheduleText.skipped}
              <ul>
                {left.map(({ channelId, handle, reason }) => (
                  <li key={channelId}>
                    {handle}: {reason}
                  </li>
                ))}
              </ul>
            </Notice>
          ) : null}
        </DialogBody>
        <DialogFooter>
          {onRepeat ? (
            <Button variant="ghost" className="me-auto" onClick={onRepeat}>
              <LoopIcon aria-hidden="true" />
              {scheduleText.repeat}
            </Button>
          ) : null}
          <Button onClick={onClose}>{scheduleText.cancel}</Button>
          <Button type="submit" variant="primary" disabled={!instant || past} busy={schedule.isPending}>
            {left.length > 0 ? scheduleText.saveOthers : scheduleText.save}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

function chosenInstant(preview: SchedulePreview | undefined, rule: ScheduleRule): string | null {
  if (!preview) return null;
  return preview.choices.find((choice) => choice.rule === rule)?.at ?? preview.at;
}

type RuleChoiceProps = {
  preview: SchedulePreview;
  rule: ScheduleRule;
  onChange: (rule: ScheduleRule) => void;
};

function RuleChoice({ preview, rule, onChange }: RuleChoiceProps) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2">
        <Notice tone="warn">{preview.kind === "gap" ? scheduleText.gap : scheduleText.overlap}</Notice>
        <span className="sr-only">{scheduleText.choices}</span>
      </legend>
      {preview.choices.map((choice) => (
        <label
          key={choice.rule}
          htmlFor={`rule-${choice.rule}`}
          className="flex items-center gap-2.5 rounded-lg border border-line-strong px-3 py-2 text-sm has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            id={`rule-${choice.rule}`}
            type="radio"
            name="rule"
            checked={choice.rule === rule}
            onChange={() => onChange(choice.rule)}
            className="accent-(--accent)"
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}
