import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import type { SeriesRule } from "../../src/desk/series/rule.schema.ts";
import { datesOf, momentOf } from "../../src/desk/series/rule.ts";

/**
 * Every zone that this runtime knows, every change of its clocks from 2026 to 2036: a daily series around each,
 * at times before, inside and after what clocks skip or repeat, read each way. The wall is read back with
 * `Intl`, which shares no code with what made the instants.
 */

const from = Temporal.Instant.from("2026-01-01T00:00:00Z");
const to = Temporal.Instant.from("2037-01-01T00:00:00Z");

/** "2026-03-29T03:30" on the wall of a zone. */
function wallReader(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return (at) => format.format(at).replace(" ", "T");
}

function* transitionsOf(zone: string): Generator<Temporal.ZonedDateTime> {
  let at: Temporal.ZonedDateTime | null = from.toZonedDateTimeISO(zone);
  while ((at = at.getTimeZoneTransition("next")) !== null && at.epochMilliseconds < to.epochMilliseconds) {
    // A change of the zone's rules need not move its clocks.
    const before = at.subtract({ nanoseconds: 1 });
    if (before.offsetNanoseconds !== at.offsetNanoseconds) yield at;
  }
}

const minutes = (text: string) => Date.parse(`${text}Z`) / 60_000;

/** Wall times at the edges of the change and inside it. */
function timesAround(change: Temporal.ZonedDateTime): string[] {
  const after = change.toPlainDateTime();
  const before = change.subtract({ minutes: 1 }).toPlainDateTime().add({ minutes: 1 });
  const [low, high] = Temporal.PlainDateTime.compare(before, after) < 0 ? [before, after] : [after, before];
  const half = Math.round(low.until(high).total("minutes") / 2);
  return [
    low.subtract({ minutes: 1 }),
    low,
    low.add({ minutes: half }),
    high.subtract({ minutes: 1 }),
    high,
  ].map((time) => time.toPlainTime().toString({ smallestUnit: "minute" }));
}

function ruleAt(zone: string, time: string, clock: SeriesRule["clock"], startsOn: string): SeriesRule {
  return {
    repeat: { every: "day", interval: 1 },
    time,
    zone,
    clock,
    startsOn,
    end: { kind: "never" },
  };
}

/** Everything that is wrong with a daily series in the five days around a change. */
function faults(rule: SeriesRule, expected: string[], wallOf: (at: number) => string): string[] {
  const name = `${rule.zone} ${rule.time} ${rule.clock}`;
  const dates = datesOf(rule, rule.startsOn, expected.at(-1) ?? rule.startsOn, 10);
  const found: string[] = [];
  if (dates.join() !== expected.join()) found.push(`${name}: dates ${dates.join()}`);
  let last = Number.NEGATIVE_INFINITY;
  for (const date of dates) {
    const { at, clock } = momentOf(rule, date);
    const instant = at.getTime();
    if (instant <= last) found.push(`${name}: ${date} fires with or before the day before it`);
    last = instant;
    const off = minutes(wallOf(instant)) - minutes(`${date}T${rule.time}`);
    // Where the clock shows the time, it is that time. Where it skips it, it is off by what was skipped.
    if (clock === "gap") {
      const jump = minutes(wallOf(instant + 86_400_000)) - minutes(wallOf(instant - 86_400_000)) - 2 * 1440;
      const wanted = rule.clock === "earlier" ? -jump : jump;
      if (off !== wanted) found.push(`${name}: ${date} is off by ${off}, not ${wanted}`);
    } else if (off !== 0) {
      found.push(`${name}: ${date} is off by ${off}`);
    }
  }
  return found;
}

test(
  "no occurrence is skipped or fired twice in any zone, at any change of clocks until 2036",
  { timeout: 180_000 },
  () => {
    const zones = Intl.supportedValuesOf("timeZone");
    expect(zones.length).toBeGreaterThan(400);
    const found: string[] = [];
    let changes = 0;
    let gaps = 0;
    let overlaps = 0;
    for (const zone of zones) {
      const wallOf = wallReader(zone);
      for (const change of transitionsOf(zone)) {
        changes += 1;
        const day = change.toPlainDate();
        const days = [-2, -1, 0, 1, 2].map((offset) => day.add({ days: offset }).toString());
        for (const time of new Set(timesAround(change))) {
          for (const clock of ["compatible", "earlier", "later"] as const) {
            const rule = ruleAt(zone, time, clock, days[0] ?? "");
            found.push(...faults(rule, days, wallOf));
            if (clock !== "compatible") continue;
            const kinds = new Set(days.map((date) => momentOf(rule, date).clock));
            gaps += kinds.has("gap") ? 1 : 0;
            overlaps += kinds.has("overlap") ? 1 : 0;
          }
        }
      }
    }
    console.log(
      `${zones.length} time zones, ${changes} changes of clocks, ${gaps} times in a gap, ${overlaps} that come twice`,
    );
    // About 150 zones change their clocks twice a year.
    expect(changes).toBeGreaterThan(2500);
    expect(gaps).toBeGreaterThan(changes / 2);
    expect(overlaps).toBeGreaterThan(changes / 2);
    expect(found).toEqual([]);
  },
);
