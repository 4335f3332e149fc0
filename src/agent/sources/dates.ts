/** Hours from UTC of zones that people write by name. RFC 822 names the American ones; the others are common. */
const zones: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
  ast: -4,
  adt: -3,
  bst: 1,
  west: 1,
  cet: 1,
  met: 1,
  mez: 1,
  cest: 2,
  mesz: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  ist: 5.5,
  jst: 9,
  kst: 9,
  hkt: 8,
  sgt: 8,
  awst: 8,
  acst: 9.5,
  aest: 10,
  aedt: 11,
  nzst: 12,
  nzdt: 13,
  brt: -3,
  art: -3,
};
const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

const iso =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?)?$/i;
const rfc822 =
  /^(?:[a-z]{3,9},?\s{1,4})?(\d{1,2})[\s-]([a-z]{3,9})\.?[\s-](\d{4}|\d{2})(?:\s{1,4}(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s{1,4}([+-]\d{2}:?\d{2}|[a-z]{1,5}))?(?:\s{1,4}\([^)]{0,40}\))?$/i;

/**
 * The moment that a feed or a page writes, in ISO 8601 at UTC: ISO 8601 (RFC 3339 and its shorter forms) or RFC
 * 822 with the zones of section 5.1 and what is common beside them. A military letter and a name that nobody
 * knows count as UTC (RFC 5322, section 4.3), as a date without a zone does. Null for anything else: an unknown
 * date is unknown, and neither 1970 nor today.
 */
export function readDate(written: string): string | null {
  const value = written.trim().slice(0, 80);
  const short = iso.exec(value);
  if (short) {
    const [, year, month, day = "1", hour = "0", minute = "0", second = "0", zone] = short;
    return moment([year, month, day, hour, minute, second].map(Number), offsetOf(zone));
  }
  const long = rfc822.exec(value);
  if (!long) return null;
  const [, day, name = "", year = "", hour = "0", minute = "0", second = "0", zone] = long;
  const month = months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
  // RFC 5322, section 4.3: two digits below 50 are of this century.
  const full = year.length === 2 ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  return moment([full, month, Number(day), Number(hour), Number(minute), Number(second)], offsetOf(zone));
}

/** Minutes that a zone is ahead of UTC. */
function offsetOf(zone: string | undefined): number {
  const digits = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (!digits) return (zones[zone?.toLowerCase() ?? ""] ?? 0) * 60;
  const [, sign, hours, minutes] = digits;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function moment(fields: number[], offset: number): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    hour > 24 ||
    minute > 59 ||
    second > 60 ||
    Math.abs(offset) > 1_080
  )
    return null;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // 31 February is no day that anybody meant.
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day || year < 1_000) return null;
  return new Date(time.getTime() - offset * 60_000).toISOString();
}
