const units = [
  { name: "days", ms: 86_400_000 },
  { name: "hours", ms: 3_600_000 },
  { name: "minutes", ms: 60_000 },
] as const;

/** Of milliseconds, in the largest unit of which there are two, and whole: `"90 seconds"`, `"3 hours"`. */
export function durationInWords(ms: number): string {
  const unit = units.find((one) => ms >= 2 * one.ms) ?? { name: "seconds", ms: 1000 };
  return `${Math.round(ms / unit.ms)} ${unit.name}`;
}
