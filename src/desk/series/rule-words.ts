import type { SeriesRule } from "./rule.schema.ts";

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const nths: Record<number, string> = {
  [-1]: "last",
  1: "first",
  2: "second",
  3: "third",
  4: "fourth",
  5: "fifth",
};

/** A rule as a sentence: "Every Tuesday at 09:00 (Europe/Berlin), from 2026-12-01 on". */
export function ruleWords(rule: SeriesRule): string {
  const { end } = rule;
  const until =
    end.kind === "never" ? " on" : end.kind === "until" ? ` to ${end.date}` : `, ${times(end.count)}`;
  return `${dateWords(rule.repeat)} at ${rule.time} (${rule.zone}), from ${rule.startsOn}${until}`;
}

function dateWords(repeat: SeriesRule["repeat"]): string {
  if (repeat.every === "day") return repeat.interval === 1 ? "Every day" : `Every ${repeat.interval} days`;
  if (repeat.every === "week") {
    const days = listed([...new Set(repeat.weekdays)].toSorted((left, right) => left - right).map(nameOf));
    return repeat.interval === 1 ? `Every ${days}` : `Every ${repeat.interval} weeks on ${days}`;
  }
  const months = repeat.interval === 1 ? "every month" : `every ${repeat.interval} months`;
  const { on } = repeat;
  if (on.kind === "last_day") return `On the last day of ${months}`;
  if (on.kind === "day") {
    const short = on.day > 28 ? " that has one" : "";
    return `On day ${on.day} of ${months}${short}`;
  }
  return `On the ${nths[on.nth] ?? on.nth} ${nameOf(on.weekday)} of ${months}`;
}

function nameOf(weekday: number): string {
  return weekdays[weekday - 1] ?? "";
}

function listed(names: string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
