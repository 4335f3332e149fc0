import { cn } from "../lib/cn.ts";
import { formatDay } from "../lib/format.ts";
import { Temporal } from "../lib/temporal.ts";

const weekdays = [1, 2, 3, 4, 5, 6, 7];

/** Monday is 1 (ISO 8601); 2024-01-01 was one. */
export function weekdayName(weekday: number, style: "short" | "long"): string {
  const day = Temporal.PlainDate.from({ year: 2024, month: 1, day: weekday });
  return formatDay(day, { weekday: style });
}

type PickerProps = {
  label: string;
  chosen: number[];
  /** At least one stays chosen. */
  required?: boolean;
  onChange: (chosen: number[]) => void;
};

/** Days of the week, all in sight. */
export function WeekdayPicker({ label, chosen, required = false, onChange }: PickerProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-1.5">
        {weekdays.map((weekday) => {
          const isChosen = chosen.includes(weekday);
          const others = chosen.filter((one) => one !== weekday);
          const next = isChosen ? others : [...others, weekday].toSorted((left, right) => left - right);
          return (
            <button
              key={weekday}
              type="button"
              aria-pressed={isChosen}
              disabled={required && next.length === 0}
              onClick={() => onChange(next)}
              className={cn(
                "h-8 min-w-11 rounded-md border px-2 text-xs font-medium transition-colors",
                isChosen
                  ? "border-accent bg-accent-soft text-accent-ink"
                  : "border-line-strong text-dim hover:text-ink",
              )}
            >
              <span aria-hidden="true">{weekdayName(weekday, "short")}</span>
              <span className="sr-only">{weekdayName(weekday, "long")}</span>
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
