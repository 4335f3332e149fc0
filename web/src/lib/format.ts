import type { Money } from "../api/types.ts";
import { locale } from "./language.ts";
import type { Temporal } from "./temporal.ts";

// A formatter costs many times what it formats, and a calendar asks for hundreds: each is made once.
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const numberFormats = new Map<string, Intl.NumberFormat>();
let relativeFormat: Intl.RelativeTimeFormat | null = null;
let listFormat: Intl.ListFormat | null = null;

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const format = dateFormats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  dateFormats.set(key, format);
  return format;
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(locale, options);
  numberFormats.set(key, format);
  return format;
}

export function formatMoment(instant: string, timeZone: string): string {
  return dateFormat({
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  }).format(new Date(instant));
}

/** With the zone's name, for moments that a person approves. */
export function formatMomentWithZone(instant: string, timeZone: string): string {
  return dateFormat({
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(new Date(instant));
}

export function formatTime(instant: string, timeZone: string, seconds = false): string {
  return dateFormat({
    hour: "numeric",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    timeZone,
  }).format(new Date(instant));
}

/** A day of the calendar, of no zone, with the named fields: "Monday", "3 May". */
export function formatDay(day: Temporal.PlainDate, fields: Intl.DateTimeFormatOptions): string {
  // A date without a time is read as UTC (ECMA-262, "Date Time String Format").
  return dateFormat({ ...fields, timeZone: "UTC" }).format(new Date(day.toString()));
}

/** From one day to another, each part once: "30 Nov – 6 Dec 2026". */
export function formatDays(first: Temporal.PlainDate, last: Temporal.PlainDate): string {
  const [from, to] = [new Date(first.toString()), new Date(last.toString())];
  return dateFormat({ dateStyle: "medium", timeZone: "UTC" }).formatRange(from, to);
}

/** "09:00", or "9:00 AM" where people write it so. */
export function formatHour(hour: number): string {
  return dateFormat({ hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(hour * 3_600_000);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago", "in 2 days"; "now" within a minute. */
export function formatRelative(instant: string, now: number = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  relativeFormat ??= new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relativeFormat.format(Math.round(seconds / size), unit);
  }
  return relativeFormat.format(0, "second");
}

export function formatNumber(value: number): string {
  // As most are; browsers take long to make their first formatter.
  const isPlain = Number.isInteger(value) && value >= 0 && value < 1_000;
  return isPlain ? String(value) : numberFormat({ maximumFractionDigits: 3 }).format(value);
}

/** Exact to the last digit that matters: $0.015 stays $0.015. */
export function formatMoney(money: Money): string {
  return numberFormat({
    style: "currency",
    currency: money.currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(Number(money.amount));
}

/** "a, b, c", as in any list of names. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  listFormat ??= new Intl.ListFormat(locale, { type: "unit", style: "short" });
  return listFormat.format(items);
}

export function formatBytes(bytes: number): string {
  const [unit, size] = bytes >= 1_000_000 ? ["MB", 1_000_000] : ["kB", 1_000];
  return `${formatNumber(Math.round((10 * bytes) / size) / 10)}\u00a0${unit}`;
}

/** How long something plays: "0:45", "2:20", "1:02:03". */
export function formatPlayingTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${numberFormat(seconds).format(milliseconds / 1_000)} s`;
}
