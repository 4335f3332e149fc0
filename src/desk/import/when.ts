import { Temporal } from "temporal-polyfill";

/** What is wrong with the cells of a date and a time, and in which. */
export type WrongMoment = { column: "date" | "time"; message: string };

/** No way to write a moment is longer. */
const longest = 60;

/**
 * The wall time that the cells `date` and `time` name, as `2026-12-24T09:30`; null where both are empty. Dates as
 * spreadsheets write them are read where they can mean one day only: 2026-12-24, 24.12.2026 (day before month
 * wherever dots are used), 12/24/2026; a time may stand behind the date, and be of twelve hours.
 */
export function wallOf(date: string, time: string): { wall: string } | WrongMoment | null {
  if (date === "" && time === "") return null;
  if (date.length > longest || time.length > longest) {
    return { column: date.length > longest ? "date" : "time", message: "This cell is too long." };
  }
  if (date === "") return { column: "date", message: "Give both date and time, or neither." };
  const cut = /^(.*\d\.?)(?:[T,\s]\s*)(\d{1,2}:.*)$/su.exec(date);
  const day = dayOf((cut?.[1] ?? date).trim());
  if (day.wrong !== null) return { column: "date", message: day.wrong };
  const behind = cut?.[2] === undefined ? null : timeOf(cut[2]);
  const named = time === "" ? null : timeOf(time);
  const wrong = [behind, named].find((one) => one !== null && one.wrong !== null);
  if (wrong) return { column: wrong === behind ? "date" : "time", message: wrong.wrong ?? "" };
  // A spreadsheet adds midnight to a day that has none of its own.
  const hour = named?.found && behind?.found === "00:00" ? named.found : (behind?.found ?? named?.found);
  if (!hour) return { column: "time", message: "Give both date and time, or neither." };
  if (named && named.found !== hour) {
    return { column: "time", message: `The date says ${hour} and the time ${named.found}; leave one out.` };
  }
  return { wall: `${day.found}T${hour}` };
}

type Read = { found: string; wrong: null } | { found: null; wrong: string };

function dayOf(text: string): Read {
  const shape = /^(\d{1,4})(\.|\/|-)\s?(\d{1,2})\2\s?(\d{1,4})\.?$/u.exec(text);
  if (!shape) return wrong(`"${text}" is not a date; ${serial(text, "date")}write it as 2026-12-24.`);
  const [, first = "", mark, second = "", third = ""] = shape;
  if (first.length >= 3) return calendarDay(text, [first, second, third]);
  const isShort = third.length < 3;
  // Without its century only dots say which of the three numbers is the year.
  if (isShort && mark !== ".") return wrong(`"${text}" has a year of two digits; write it as 2026-12-24.`);
  const year = isShort ? `20${third.padStart(2, "0")}` : third;
  const dayFirst = calendarDay(text, [year, second, first]);
  const monthFirst = mark === "." ? dayFirst : calendarDay(text, [year, first, second]);
  if (dayFirst.found !== null && monthFirst.found !== null && dayFirst.found !== monthFirst.found) {
    return wrong(`"${text}" can be ${dayFirst.found} or ${monthFirst.found}; write the one that you mean.`);
  }
  return dayFirst.found === null ? monthFirst : dayFirst;
}

function calendarDay(text: string, [year, month, day]: [string, string, string]): Read {
  try {
    const fields = { year: Number(year), month: Number(month), day: Number(day) };
    const found = Temporal.PlainDate.from(fields, { overflow: "reject" }).toString();
    if (/^\d{4}-/u.test(found)) return { found, wrong: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return wrong(`"${text}" is no day of the calendar; write a date as 2026-12-24.`);
}

function timeOf(text: string): Read {
  const shape = /^(\d{1,2}):(\d{2})(?::00)?(?:\.0+)?(?:\s*([ap])\.?\s?m\.?|\s*(?:Uhr|h))?$/iu.exec(
    text.trim(),
  );
  const half = shape?.[3]?.toLowerCase();
  const hour = Number(shape?.[1]);
  const minute = Number(shape?.[2]);
  const isHour = half === undefined ? hour <= 23 : hour >= 1 && hour <= 12;
  if (!shape || !isHour || minute > 59) {
    return wrong(`"${text}" is not a time; ${serial(text, "time")}write it as 09:30 or 17:30.`);
  }
  const after = half === undefined ? hour : (hour % 12) + (half === "p" ? 12 : 0);
  return { found: `${String(after).padStart(2, "0")}:${shape[2]}`, wrong: null };
}

/** Days since 1900 and their fractions, which a spreadsheet shows where a cell is formatted as a number. */
function serial(text: string, kind: "date" | "time"): string {
  return /^\d{1,5}(?:[.,]\d+)?$/u.test(text) ? `format the column as a ${kind} in your spreadsheet, or ` : "";
}

function wrong(message: string): Read {
  return { found: null, wrong: message };
}
