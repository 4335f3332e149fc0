/** https://developers.facebook.com/docs/graph-api/changelog/versions, oldest first; null: not announced. */
const versions: { name: string; endsAt: string | null }[] = [
  { name: "v20.0", endsAt: "2026-09-24" },
  { name: "v21.0", endsAt: "2027-01-21" },
  { name: "v22.0", endsAt: "2027-05-20" },
  { name: "v23.0", endsAt: "2027-10-08" },
  { name: "v24.0", endsAt: "2028-02-18" },
  { name: "v25.0", endsAt: "2028-07-29" },
  { name: "v26.0", endsAt: null },
];

/**
 * Which version answers: an expired one silently becomes the oldest that still stands, as does a request
 * without one. Null: there is no such version (yet). `first`: all before it have ended, whatever the day.
 */
export function answeringVersion(wanted: string | null, now: Date, first: string): string | null {
  const from = Math.max(
    0,
    versions.findIndex(({ name }) => name === first),
  );
  const standing = versions.slice(from).filter(({ endsAt }) => endsAt === null || new Date(endsAt) > now);
  const oldest = standing[0]?.name ?? null;
  if (wanted === null) return oldest;
  if (standing.some(({ name }) => name === wanted)) return wanted;
  const major = Number(wanted.slice(1));
  return major < Number(versions.at(-1)?.name.slice(1)) ? oldest : null;
}
