import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useState } from "react";
import { useRefresh } from "../api/changes.ts";
import { messageOf } from "../api/problem.ts";
import type { RulePreview, Series, SeriesRule } from "../api/types.ts";
import { formatList, formatMomentWithZone } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Input, Select } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { seriesText } from "./messages.ts";
import { rulePreviewQuery } from "./queries.ts";
import { RuleFields } from "./rule-fields.tsx";

/** Weekly from tomorrow, at nine: what most people begin with. */
export function firstRule(zone: string): SeriesRule {
  const start = Temporal.Now.plainDateISO(zone).add({ days: 1 });
  return {
    repeat: { every: "week", interval: 1, weekdays: [start.dayOfWeek] },
    time: "09:00",
    zone,
    clock: "compatible",
    startsOn: start.toString(),
    end: { kind: "never" },
  };
}

type RuleDialogProps = {
  title: string;
  lead: string;
  action: string;
  rule: SeriesRule;
  ahead: number;
  onClose: () => void;
  /** Saves; what it throws is shown. */
  onSave: (rule: SeriesRule, ahead: number) => Promise<Series>;
  onSaved: (series: Series) => void;
};

/** When a series goes out, with the dates that this means. */
export function RuleDialog({ title, lead, action, onClose, onSave, onSaved, ...given }: RuleDialogProps) {
  const refresh = useRefresh("series");
  const [rule, setRule] = useState(given.rule);
  const [ahead, setAhead] = useState(given.ahead);
  const settled = useDeferredValue(rule);
  const complete = settled.startsOn !== "" && settled.time !== "";
  const preview = useQuery({ ...rulePreviewQuery(settled), enabled: complete });
  const save = useMutation({
    mutationFn: () => onSave(rule, ahead),
    onSuccess: async (series) => {
      await refresh();
      onSaved(series);
    },
  });
  const problems = preview.data?.problems ?? [];

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <Dialog open onOpenChange={onClose} title={title} description={lead}>
      <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
        <DialogBody className="grid gap-4">
          <RuleFields rule={rule} onChange={setRule} />
          <Field label={seriesText.ahead} help={seriesText.aheadHelp}>
            {(field) => (
              <Input
                {...field}
                type="number"
                min={1}
                max={50}
                required
                value={ahead}
                onChange={(event) => setAhead(event.target.valueAsNumber || 1)}
              />
            )}
          </Field>
          {preview.data ? <ClockChoice preview={preview.data} rule={rule} onChange={setRule} /> : null}
          {preview.isError ? <Notice tone="bad">{messageOf(preview.error)}</Notice> : null}
          {problems.map((problem) => (
            <Notice key={problem.code} tone="bad">
              {problem.message}
            </Notice>
          ))}
          {preview.data && problems.length === 0 ? (
            <Dates preview={preview.data} zone={settled.zone} />
          ) : null}
          {save.isError ? <Notice tone="bad">{messageOf(save.error)}</Notice> : null}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{seriesText.cancel}</Button>
          <Button
            type="submit"
            variant="primary"
            disabled={!complete || problems.length > 0 || preview.isError}
            busy={save.isPending}
          >
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

function Dates({ preview, zone }: { preview: RulePreview; zone: string }) {
  return (
    <Notice title={preview.words}>
      <ul aria-label={seriesText.nextDates} className="mt-1 grid gap-0.5">
        {preview.moments.slice(0, 4).map((moment) => (
          <li key={moment.date}>{formatMomentWithZone(moment.at, zone)}</li>
        ))}
      </ul>
    </Notice>
  );
}

const clocks = ["compatible", "earlier", "later"] as const;

type ClockProps = { preview: RulePreview; rule: SeriesRule; onChange: (rule: SeriesRule) => void };

/** Asked only where a clock change skips or repeats the time on one of the dates. */
function ClockChoice({ preview, rule, onChange }: ClockProps) {
  if (preview.clockChanges.length === 0) return null;
  const dates = formatList(preview.clockChanges.map(({ date }) => date));
  return (
    <Field label={seriesText.clock} help={seriesText.clockLead(dates)}>
      {(field) => (
        <Select
          {...field}
          value={rule.clock}
          onChange={(event) => {
            const clock = clocks.find((one) => one === event.target.value);
            if (clock) onChange({ ...rule, clock });
          }}
        >
          {clocks.map((clock) => (
            <option key={clock} value={clock}>
              {seriesText.clocks[clock]}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
