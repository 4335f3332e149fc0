import { TimeZoneSelect } from "../account/time-zone-select.tsx";
import type { SeriesRule } from "../api/types.ts";
import { Temporal } from "../lib/temporal.ts";
import { Field, Input, Select } from "../ui/field.tsx";
import { seriesText } from "./messages.ts";
import { WeekdayPicker, weekdayName } from "./weekday-picker.tsx";

type Repeat = SeriesRule["repeat"];
type End = SeriesRule["end"];
type FieldsProps = { rule: SeriesRule; onChange: (rule: SeriesRule) => void };

/** How often, on which days, at what time, and until when. */
export function RuleFields({ rule, onChange }: FieldsProps) {
  const start = rule.startsOn === "" ? null : Temporal.PlainDate.from(rule.startsOn);

  function setUnit(every: Repeat["every"]): void {
    const { interval } = rule.repeat;
    if (every === "day") onChange({ ...rule, repeat: { every, interval } });
    else if (every === "week")
      onChange({ ...rule, repeat: { every, interval, weekdays: [start?.dayOfWeek ?? 1] } });
    else onChange({ ...rule, repeat: { every, interval, on: { kind: "day", day: start?.day ?? 1 } } });
  }

  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Field label={seriesText.every}>
          {(field) => (
            <Input
              {...field}
              type="number"
              min={1}
              max={365}
              required
              value={rule.repeat.interval}
              onChange={(event) =>
                onChange({ ...rule, repeat: { ...rule.repeat, interval: event.target.valueAsNumber || 1 } })
              }
            />
          )}
        </Field>
        <Field label={seriesText.unit}>
          {(field) => (
            <Select
              {...field}
              value={rule.repeat.every}
              onChange={(event) => {
                const unit = units.find((one) => one === event.target.value);
                if (unit) setUnit(unit);
              }}
            >
              {units.map((unit) => (
                <option key={unit} value={unit}>
                  {seriesText.units[unit]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Days rule={rule} start={start} onChange={onChange} />
      <div className="grid grid-cols-2 gap-3">
        <Field label={seriesText.starts}>
          {(field) => (
            <Input
              {...field}
              type="date"
              required
              value={rule.startsOn}
              onChange={(event) => onChange({ ...rule, startsOn: event.target.value })}
            />
          )}
        </Field>
        <Field label={seriesText.time}>
          {(field) => (
            <Input
              {...field}
              type="time"
              required
              value={rule.time}
              onChange={(event) => onChange({ ...rule, time: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label={seriesText.zone}>
        {(field) => (
          <TimeZoneSelect {...field} value={rule.zone} onChange={(zone) => onChange({ ...rule, zone })} />
        )}
      </Field>
      <EndFields rule={rule} onChange={onChange} />
    </>
  );
}

const units = ["day", "week", "month"] as const;

function Days({ rule, start, onChange }: FieldsProps & { start: Temporal.PlainDate | null }) {
  const { repeat } = rule;
  if (repeat.every === "day") return null;
  if (repeat.every === "week") {
    return (
      <WeekdayPicker
        label={seriesText.weekdays}
        chosen={repeat.weekdays}
        required
        onChange={(weekdays) => onChange({ ...rule, repeat: { ...repeat, weekdays } })}
      />
    );
  }
  const choices = monthChoices(repeat.on, start);
  return (
    <Field label={seriesText.on}>
      {(field) => (
        <Select
          {...field}
          value={JSON.stringify(repeat.on)}
          onChange={(event) => {
            const on = choices.find((choice) => JSON.stringify(choice) === event.target.value);
            if (on) onChange({ ...rule, repeat: { ...repeat, on } });
          }}
        >
          {choices.map((choice) => (
            <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
              {monthLabel(choice)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

type MonthDay = Extract<Repeat, { every: "month" }>["on"];

/** What the first date suggests: its day, its weekday counted from either end, and the last day of the month. */
function monthChoices(current: MonthDay, start: Temporal.PlainDate | null): MonthDay[] {
  const suggested: MonthDay[] = start
    ? [
        { kind: "day", day: start.day },
        { kind: "weekday", weekday: start.dayOfWeek, nth: Math.ceil(start.day / 7) },
        { kind: "weekday", weekday: start.dayOfWeek, nth: -1 },
        { kind: "last_day" },
      ]
    : [{ kind: "last_day" }];
  const known = suggested.some((choice) => JSON.stringify(choice) === JSON.stringify(current));
  return known ? suggested : [current, ...suggested];
}

function monthLabel(on: MonthDay): string {
  if (on.kind === "last_day") return seriesText.lastDay;
  if (on.kind === "day") return seriesText.onDay(on.day);
  return seriesText.nth(seriesText.nths[on.nth] ?? String(on.nth), weekdayName(on.weekday, "long"));
}

const endings = ["never", "until", "count"] as const;

function EndFields({ rule, onChange }: FieldsProps) {
  const { end } = rule;
  function choose(kind: string): void {
    const next: Record<string, End> = {
      never: { kind: "never" },
      until: { kind: "until", date: inThreeMonths(rule.startsOn) },
      count: { kind: "count", count: 10 },
    };
    const chosen = next[kind];
    if (chosen) onChange({ ...rule, end: chosen });
  }
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label={seriesText.ends}>
        {(field) => (
          <Select {...field} value={end.kind} onChange={(event) => choose(event.target.value)}>
            {endings.map((kind) => (
              <option key={kind} value={kind}>
                {seriesText[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {end.kind === "until" ? (
        <Field label={seriesText.untilDate}>
          {(field) => (
            <Input
              {...field}
              type="date"
              required
              value={end.date}
              onChange={(event) => onChange({ ...rule, end: { kind: "until", date: event.target.value } })}
            />
          )}
        </Field>
      ) : null}
      {end.kind === "count" ? (
        <Field label={seriesText.countNumber}>
          {(field) => (
            <Input
              {...field}
              type="number"
              min={1}
              required
              value={end.count}
              onChange={(event) =>
                onChange({ ...rule, end: { kind: "count", count: event.target.valueAsNumber || 1 } })
              }
            />
          )}
        </Field>
      ) : null}
    </div>
  );
}

function inThreeMonths(date: string): string {
  const start = date === "" ? Temporal.Now.plainDateISO() : Temporal.PlainDate.from(date);
  return start.add({ months: 3 }).toString();
}
